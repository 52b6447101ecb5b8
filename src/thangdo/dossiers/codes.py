"""Findings about dossiers: 011–029 reject a row, 031–049 describe a file, 101–199 flag, 201–299 stop the work.

Those of the clock and the figures (300 and above) stand in `figures_codes`.
"""

from __future__ import annotations

from thangdo.dossiers.figures_codes import FIGURES_CODES
from thangdo.findings import Code, CodeTable

_SEE_REJECTS_VI = "Sửa dòng trong tệp gốc rồi nạp lại; dòng đã nhận sẽ không bị tính hai lần."
_SEE_REJECTS_EN = "Mend the row in the source and ingest the file again; rows already taken are not counted twice."

REJECTING = (
    Code("DOS011", "error", "Thiếu giá trị bắt buộc", "A required value is missing", _SEE_REJECTS_VI, _SEE_REJECTS_EN),
    Code(
        "DOS012",
        "error",
        "Không đọc được ngày giờ: {found}",
        "Not a date or time: {found}",
        "Dùng 2023-05-31, 31/05/2023 hoặc 31-05-2023, có thể kèm giờ 14:05.",
        "Write 2023-05-31, 31/05/2023 or 31-05-2023, with a time such as 14:05 if known.",
    ),
    Code("DOS013", "error", "Không phải số: {found}", "Not a number: {found}", _SEE_REJECTS_VI, _SEE_REJECTS_EN),
    Code(
        "DOS014",
        "error",
        "Không phải có/không: {found}",
        "Neither yes nor no: {found}",
        "Dùng 1/0, true/false hoặc có/không.",
        "Write 1/0, true/false or có/không.",
    ),
    Code(
        "DOS015",
        "error",
        "Giá trị ngoài danh sách: {found}",
        "Not one of the allowed words: {found}",
        "Xem các giá trị cho phép trong docs/reference/dossiers-store.md.",
        "The allowed words are in docs/reference/dossiers-store.md.",
    ),
    Code(
        "DOS016",
        "error",
        "Ngày không thể có (ngoài 1990–2099): {found}",
        "Impossible date (outside 1990–2099): {found}",
        _SEE_REJECTS_VI,
        _SEE_REJECTS_EN,
    ),
    Code("DOS017", "error", "Số âm: {found}", "Below zero: {found}", _SEE_REJECTS_VI, _SEE_REJECTS_EN),
    Code(
        "DOS018",
        "error",
        "Số ô trong dòng khác số cột của tiêu đề",
        "The row has another number of cells than the header",
        "Kiểm tra dấu phân cách và dấu nháy trong dòng.",
        "Check delimiters and quotes in the row.",
    ),
    Code(
        "DOS019",
        "error",
        "Tệp nén bị đứt ở dòng này",
        "The compressed file breaks off in this row",
        "Sao chép lại tệp và nạp lại.",
        "Copy the file again and ingest it again.",
    ),
    Code(
        "DOS021",
        "error",
        "Hạn trả trước khi tiếp nhận: {found}",
        "Due before it was received: {found}",
        _SEE_REJECTS_VI,
        _SEE_REJECTS_EN,
    ),
    Code(
        "DOS022",
        "error",
        "Kết thúc trước khi tiếp nhận: {found}",
        "Finished before it was received: {found}",
        _SEE_REJECTS_VI,
        _SEE_REJECTS_EN,
    ),
    Code(
        "DOS023",
        "error",
        "Đơn vị không có trong danh mục: {found}",
        "Unit not in the catalogue: {found}",
        "Bổ sung đơn vị vào danh mục (units) hoặc sửa mã, rồi nạp lại tệp.",
        "Add the unit to the catalogue (units) or mend the code, then ingest the file again.",
    ),
    Code(
        "DOS024",
        "error",
        "Thủ tục không có trong danh mục: {found}",
        "Procedure not in the catalogue: {found}",
        "Bổ sung thủ tục vào danh mục (procedures) hoặc sửa mã, rồi nạp lại tệp.",
        "Add the procedure to the catalogue (procedures) or mend the code, then ingest the file again.",
    ),
    Code(
        "DOS025",
        "error",
        "Cùng một mã nhưng nội dung khác nhau trong một đợt nạp: {found}",
        "The same key with different content in one batch: {found}",
        "Xác định dòng đúng, bỏ dòng sai, nạp lại tệp.",
        "Find out which row is right, remove the other, ingest the file again.",
    ),
)

ABOUT_FILES = (
    Code(
        "DOS031",
        "error",
        "Tệp nén bị đứt giữa chừng; {found} dòng đọc được đã xử lý",
        "The compressed file breaks off; its {found} readable rows were dealt with",
        "Sao chép lại tệp và nạp lại; dòng đã nhận sẽ không bị tính hai lần.",
        "Copy the file again and ingest it again; rows already taken are not counted twice.",
    ),
    Code(
        "DOS032",
        "warning",
        "Lẫn bảng mã: {found} dòng không phải UTF-8, đã đọc theo Windows-1258",
        "Mixed encodings: {found} lines are not UTF-8 and were read as Windows-1258",
        "Xuất tệp bằng UTF-8 và xem lại các ô có dấu.",
        "Export the file as UTF-8 and look at cells with accents.",
    ),
    Code(
        "DOS033",
        "note",
        "Cột không giữ lại: {found}",
        "Columns not kept: {found}",
        "Nếu thật cần (không phải dữ liệu cá nhân), khai báo bằng --keep.",
        "If one is needed and is no personal data, declare it with --keep.",
    ),
    Code(
        "DOS034",
        "note",
        "Tệp này đã nạp ở đợt {found}; không có gì thay đổi",
        "This file was ingested in batch {found}; nothing changes",
        "",
        "",
    ),
    Code(
        "DOS035",
        "warning",
        "Không đọc được dòng nào",
        "No row could be read",
        "Kiểm tra tệp có dữ liệu dưới dòng tiêu đề.",
        "Check that the file has rows below its header.",
    ),
)

FLAGGING = (
    Code(
        "DOS101",
        "warning",
        "{found} hồ sơ có mã không đúng mẫu của Thông tư 01/2018/TT-VPCP",
        "{found} dossiers whose code does not follow Thông tư 01/2018/TT-VPCP",
        "Hồ sơ vẫn được nhận.",
        "They were accepted.",
    ),
    Code(
        "DOS102",
        "warning",
        "{found} hồ sơ tiếp nhận hoặc kết thúc lúc 22 giờ–6 giờ",
        "{found} dossiers received or finished between 22:00 and 06:00",
        "Hồ sơ vẫn được nhận; xem bảng dấu hiệu bất thường.",
        "They were accepted; see the table of gaming signals.",
    ),
    Code(
        "DOS103",
        "note",
        "{found} hồ sơ tiếp nhận hoặc kết thúc vào thứ Bảy, Chủ nhật",
        "{found} dossiers received or finished on a Saturday or Sunday",
        "Hồ sơ vẫn được nhận; xem bảng dấu hiệu bất thường.",
        "They were accepted; see the table of gaming signals.",
    ),
    Code(
        "DOS104",
        "warning",
        "{found} hồ sơ có kết quả và ngày kết thúc không khớp",
        "{found} dossiers whose outcome and finish disagree",
        "Ngày kết thúc quyết định hồ sơ đã giải quyết hay chưa.",
        "The finish decides whether a dossier is resolved.",
    ),
    Code(
        "DOS105",
        "warning",
        "{found} hồ sơ có thư xin lỗi trước ngày tiếp nhận",
        "{found} dossiers with an apology before their receipt",
        "Hồ sơ vẫn được nhận.",
        "They were accepted.",
    ),
    Code(
        "DOS106",
        "warning",
        "{found} hồ sơ có thành phần số hóa nhiều hơn tổng số thành phần",
        "{found} dossiers with more digitised components than components",
        "Hồ sơ vẫn được nhận.",
        "They were accepted.",
    ),
    Code(
        "DOS107",
        "warning",
        "{found} hồ sơ có ngày hẹn lại trước hạn trả",
        "{found} dossiers re-promised to a day before their due date",
        "Hồ sơ vẫn được nhận.",
        "They were accepted.",
    ),
    Code("DOS108", "note", "{found} hồ sơ không ghi kết quả", "{found} dossiers without an outcome", "", ""),
    Code(
        "DOS109",
        "warning",
        "{found} hồ sơ đã có ở cùng ngày số liệu trong kho với nội dung khác",
        "{found} dossiers the store already holds at the same as-of with other content",
        "Bản ghi có dấu thời gian mới hơn được dùng; nạp kèm --as-of để quyết định rõ.",
        "The one with the later stamp counts; give --as-of to decide.",
    ),
)

STOPPING = (
    Code(
        "DOS201",
        "error",
        "Không đọc được {path}: {found}",
        "{path} cannot be read: {found}",
        "Khôi phục manifest.json từ bản sao lưu của kho.",
        "Restore manifest.json from a backup of the store.",
    ),
    Code(
        "DOS202",
        "error",
        "Kho {path} có định dạng {found}, chương trình này đọc {expected}",
        "The store {path} has format {found}; this program reads {expected}",
        "Dùng đúng phiên bản chương trình.",
        "Use the matching version of the program.",
    ),
    Code(
        "DOS203",
        "error",
        "{path} không phải kho hồ sơ",
        "{path} is no dossier store",
        "Tạo kho bằng thangdo dossiers ingest.",
        "Make one with thangdo dossiers ingest.",
    ),
    Code(
        "DOS204",
        "error",
        "Không mở được {path}: {found}",
        "{path} cannot be opened: {found}",
        "Kiểm tra đường dẫn, quyền đọc và tệp có nguyên vẹn không.",
        "Check the path, the right to read, and that the file is whole.",
    ),
    Code(
        "DOS205",
        "error",
        "{path}: tiêu đề không thuộc bảng nào ({found})",
        "{path}: no table has this header ({found})",
        "Nêu bảng bằng --table và kiểm tra dòng đầu là tên cột.",
        "Name the table with --table, and check that the first row holds the names of the columns.",
    ),
    Code(
        "DOS206",
        "error",
        "{path}: bảng {table} thiếu cột {found}",
        "{path}: table {table} lacks the columns {found}",
        "Bổ sung cột bắt buộc.",
        "Add the required columns.",
    ),
    Code(
        "DOS207",
        "error",
        "Một lượt nạp khác đang ghi vào {path}",
        "Another ingest is writing to {path}",
        "Chờ lượt đó xong.",
        "Wait until it is done.",
    ),
    Code(
        "DOS208",
        "error",
        "Không ghi được vào {path}: {found}; kho giữ nguyên trạng thái trước",
        "{path} cannot be written: {found}; the store keeps its former state",
        "Giải phóng chỗ trên đĩa rồi nạp lại.",
        "Free disk space and ingest again.",
    ),
    Code(
        "DOS209",
        "error",
        "Kho {path} dùng khóa bí danh khác",
        "The store {path} holds pseudonyms made with another key",
        "Dùng đúng tệp khóa, hoặc một kho khác.",
        "Use the same key file, or another store.",
    ),
    Code(
        "DOS210",
        "error",
        "Khóa bí danh trong {path} quá ngắn",
        "The pseudonym key in {path} is too short",
        "Khóa cần ít nhất 32 byte ngẫu nhiên.",
        "A key has at least 32 random bytes.",
    ),
)

CODES = CodeTable((*REJECTING, *ABOUT_FILES, *FLAGGING, *STOPPING, *FIGURES_CODES))
