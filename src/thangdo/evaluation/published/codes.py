"""Findings of published tables: what cannot be read, and what cannot be true together."""

from __future__ import annotations

from typing import Any

from thangdo.findings import Code, CodeTable, Finding, Where

_SOURCE_VI = "Chép đúng lời nguồn thì giữ nguyên và nêu rõ khi công bố; chép sai thì sửa ô này."
_SOURCE_EN = "If it is what the source says, keep it and say so when publishing; if not, correct this cell."

_FORM = (
    Code(
        "EVA511",
        "error",
        "“{found}” không phải là số",
        "“{found}” is not a number",
        "Ghi số bằng chữ số, dấu thập phân là dấu chấm, không có dấu ngăn cách hàng nghìn; chưa rõ thì để trống.",
        "Write digits with a decimal point and no thousands separator; leave it blank if it is not known.",
    ),
    Code(
        "EVA512",
        "error",
        "Không có đơn vị nào mang mã “{found}”",
        "No unit has the code “{found}”",
        "Tra mã trong danh mục đơn vị (library/units).",
        "Look the code up in the register of units (library/units).",
    ),
    Code(
        "EVA513",
        "error",
        "“{found}” không phải là một trong các từ cho phép: {expected}",
        "“{found}” is none of the words allowed here: {expected}",
        "Dùng một trong các từ: {expected}.",
        "Use one of: {expected}.",
    ),
    Code(
        "EVA514",
        "error",
        "Ô bắt buộc để trống",
        "A required cell is blank",
        "Điền ô này, hoặc bỏ cả dòng.",
        "Fill the cell, or remove the row.",
    ),
    Code(
        "EVA515",
        "error",
        "Mã “{found}” xuất hiện hai lần",
        "The code “{found}” occurs twice",
        "Mỗi dòng có một mã riêng.",
        "Give every row a code of its own.",
    ),
    Code(
        "EVA516",
        "error",
        "Không có số liệu nào mang mã “{found}”",
        "No figure has the code “{found}”",
        "Dùng một mã có trong figures.csv.",
        "Use a code of figures.csv.",
    ),
    Code(
        "EVA517",
        "error",
        "“{found}” là một phần của chính nó",
        "“{found}” is a part of itself",
        "Sửa sums.csv để không số nào cộng vào chính nó.",
        "Correct sums.csv so that no figure adds up to itself.",
    ),
    Code(
        "EVA518",
        "error",
        "published.yaml có mục không hợp lệ: “{found}”",
        "published.yaml holds an entry that is not valid: “{found}”",
        "Ghi lại mục này theo trang docs/reference/published-tables.md; cần {expected}.",
        "Write the entry as docs/reference/published-tables.md says; needed: {expected}.",
    ),
)

_RANKINGS = (
    Code(
        "EVA520",
        "error",
        "“{unit}” được xếp hai lần trong cùng một bảng (trước đó ở dòng {first})",
        "“{unit}” stands twice in one ranking (before, at row {first})",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
    Code(
        "EVA521",
        "error",
        "Hạng {found} không thể có: trước đó có {before} đơn vị, nên hạng phải là {expected}",
        "The rank {found} cannot be: {before} units stand before it, so it should be {expected}",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
    Code(
        "EVA522",
        "error",
        "Hạng {found} nằm ngoài khối, nguồn nói khối có {expected} đơn vị",
        "The rank {found} lies outside the block, which the source says has {expected} units",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
    Code(
        "EVA523",
        "error",
        "Điểm {found} trái với thứ hạng: đơn vị ở dòng {other} xếp trên mà chỉ có {expected} điểm",
        "The score {found} contradicts the order: the unit at row {other} stands above with {expected} only",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
    Code(
        "EVA524",
        "error",
        "Một đơn vị mang hai loại: “{found}” ở đây và “{expected}” ở dòng {other}",
        "One unit has two classes: “{found}” here and “{expected}” at row {other}",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
    Code(
        "EVA525",
        "error",
        "Loại “{found}” trái với thứ hạng: đơn vị ở dòng {other} xếp trên mà chỉ đạt “{expected}”",
        "The class “{found}” contradicts the order: the unit at row {other} stands above with “{expected}” only",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
)

_COUNTS = (
    Code(
        "EVA530",
        "error",
        "Số đơn vị theo loại cộng lại là {found}, nguồn nói khối có {expected}",
        "The class counts add up to {found}; the source says the block has {expected}",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
    Code(
        "EVA531",
        "error",
        "Tổng số đơn vị của khối là {found} ở đây, là {expected} ở dòng {other}",
        "The block has {found} units here and {expected} at row {other}",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
    Code(
        "EVA532",
        "error",
        "Nguồn nói có {expected} đơn vị ({said}) và nêu tên tất cả, nhưng danh sách có {rows} dòng với {found} đơn vị khác nhau",
        "The source counts {expected} units ({said}) and names them all, but its list has {rows} rows with {found} different units",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
    Code(
        "EVA533",
        "error",
        "Danh sách nêu tên {found} đơn vị, nhiều hơn {expected} đơn vị mà nguồn đếm ({said})",
        "The list names {found} units, more than the {expected} that the source counts ({said})",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
    Code(
        "EVA534",
        "error",
        "Số đơn vị {found} lớn hơn tổng số {expected} của khối",
        "The count {found} is larger than the block's total {expected}",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
)

_BANDS = (
    Code(
        "EVA540",
        "error",
        "Giá trị từ {found} đến dưới {expected} không thuộc mức nào (cạnh {beside})",
        "Values from {found} to below {expected} belong to no class (beside {beside})",
        "Nguồn in như vậy thì nêu rõ khi công bố; bộ tiêu chí phải lấp khoảng trống này.",
        "If the source prints it so, say so when publishing; the criteria set must close the gap.",
    ),
    Code(
        "EVA541",
        "error",
        "Giá trị từ {found} đến dưới {expected} thuộc hai mức, xem dòng {other}",
        "Values from {found} to below {expected} belong to two classes, see row {other}",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
    Code(
        "EVA542",
        "error",
        "Điểm {found} không thuộc mức nào đã công bố",
        "The score {found} belongs to no published class",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
    Code(
        "EVA543",
        "error",
        "Loại “{found}” không khớp với điểm {score}, theo thang đã công bố là “{expected}”",
        "The class “{found}” does not fit the score {score}, which the published scale puts in “{expected}”",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
    Code(
        "EVA544",
        "error",
        "Loại “{found}” không có trong các loại của chỉ số: {expected}",
        "The class “{found}” is none of the index's classes: {expected}",
        "Viết tên loại như trong mục classes của published.yaml.",
        "Write the class as in the entry classes of published.yaml.",
    ),
    Code(
        "EVA545",
        "error",
        "Mức có cận dưới {lower} không nhỏ hơn cận trên {upper}",
        "The class has a lower bound {lower} that is not below its upper bound {upper}",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
)

_FIGURES = (
    Code(
        "EVA550",
        "error",
        "Tổng và các phần không thể cùng đúng: các phần cộng lại nằm trong {parts}, tổng nằm trong {expected}",
        "The total and its parts cannot both be true: the parts add up to {parts}, the total lies in {expected}",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
    Code(
        "EVA551",
        "warning",
        "{name_vi}: {percent_vi} % chỉ có được nếu {modes_vi}; tính từ chính tử số và mẫu số là từ {low_vi} đến {high_vi} %",
        "{name_en}: {found}% follows only by {modes_en}; its own numerator and denominator give {low_en} to {high_en}%",
        "Nêu quy tắc làm tròn bên cạnh tỷ lệ khi công bố.",
        "State the rounding rule beside the share when publishing.",
    ),
    Code(
        "EVA552",
        "error",
        "{name_vi}: {percent_vi} % không suy ra được bằng cách làm tròn nào; tử số và mẫu số cho từ {low_vi} đến {high_vi} %",
        "{name_en}: no rounding gives {found}%; its own numerator and denominator give {low_en} to {high_en}%",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
    Code(
        "EVA553",
        "note",
        "{name_vi}: {found} % được nêu mà không có đủ tử số và mẫu số",
        "{name_en}: {found}% is given without its numerator and denominator",
        "Hỏi nguồn số đếm; khi công bố lại phải ghi rõ là nguồn không nêu.",
        "Ask the source for the counts; when publishing again, say that the source does not give them.",
    ),
    Code(
        "EVA554",
        "error",
        "{name_vi}: {found} % lớn hơn 100 %",
        "{name_en}: {found}% is more than 100%",
        _SOURCE_VI,
        _SOURCE_EN,
    ),
)

_WORDS = (
    Code(
        "EVA560",
        "warning",
        "Dấu thập phân không thống nhất: “{found}” trong khi nguồn cũng viết “{expected}”",
        "Decimal signs are mixed: “{found}” while the source also writes “{expected}”",
        "Giữ nguyên lời nguồn; khi công bố lại dùng một dấu thập phân.",
        "Keep the source's words; use one decimal sign when publishing again.",
    ),
    Code(
        "EVA561",
        "error",
        "“{found}” không có trong lời nguồn đã chép: “{expected}”",
        "“{found}” is not in the source's words as copied: “{expected}”",
        "Đối chiếu lại ô và lời nguồn ở cùng dòng.",
        "Compare the cell with the source's words in the same row.",
    ),
    Code(
        "EVA562",
        "error",
        "Lời nguồn viết “{words}”, nên số này phải là “{expected}” chứ không phải “{found}”",
        "The source writes “{words}”, so this figure must be “{expected}”, not “{found}”",
        "“gần”, “dưới” là cận trên (below); “hơn”, “trên” là cận dưới (above); “khoảng” là about; còn lại là exact.",
        "“gần”, “dưới” make an upper bound (below); “hơn”, “trên” a lower bound (above); “khoảng” about; else exact.",
    ),
)

PUBLISHED_CODES = (*_FORM, *_RANKINGS, *_COUNTS, *_BANDS, *_FIGURES, *_WORDS)
_TABLE = CodeTable(PUBLISHED_CODES)


def finding(code: str, where: Where, found: object = "", expected: object = "", **facts: Any) -> Finding:
    """A finding of this table with the severity its row declares."""
    return Finding(code, where, str(found), str(expected), _TABLE[code].severity, facts)
