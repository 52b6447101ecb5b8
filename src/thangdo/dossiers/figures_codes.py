"""Codes of the legal clock and the figures (DOS300 and above)."""

from __future__ import annotations

from thangdo.findings import Code

FIGURES_CODES = (
    Code(
        "DOS301",
        "error",
        "Lịch làm việc chỉ có đến ngày {last}, thời hạn kết thúc sau ngày đó",
        "The calendar ends on {last}, before a legal time does",
        "Kéo dài lịch làm việc hoặc xem lại thời hạn của thủ tục.",
        "Extend the calendar, or check the procedure's legal time.",
    ),
    Code(
        "DOS302",
        "error",
        "Không dùng được máy tính toán “{found}”",
        "The engine “{found}” cannot be used",
        "Chọn một trong: {expected}; Spark cần Java 17 và gói tùy chọn distributed.",
        "Choose one of {expected}; Spark needs Java 17 and the extra `distributed`.",
    ),
    Code(
        "DOS304",
        "error",
        "Không có chiều phân tổ “{found}”",
        "There is no dimension “{found}”",
        "Chọn trong: {expected}.",
        "Choose from {expected}.",
    ),
    Code(
        "DOS305",
        "error",
        "Không có chỉ tiêu hồ sơ “{found}”",
        "There is no dossier indicator “{found}”",
        "Chọn trong: {expected}.",
        "Choose from {expected}.",
    ),
    Code(
        "DOS306",
        "warning",
        "Biểu 06 không khớp: {found}",
        "Form 06 does not add up: {found}",
        "Kiểm tra dữ liệu gốc; số liệu vẫn được ghi nguyên.",
        "Check the source data; the figures are written as they are.",
    ),
    Code(
        "DOS307",
        "warning",
        "Không có số liệu của đơn vị {found} cho chỉ tiêu {expected}",
        "No dossiers of unit {found} for indicator {expected}",
        "Kiểm tra mã đơn vị trong kho và trong danh mục; tiêu chí này sẽ là “chưa có”.",
        "Check the unit's code in the store and in the register; the criterion stays without a value.",
    ),
    Code(
        "DOS308",
        "error",
        "Đợt đánh giá không lấy chỉ tiêu nào từ hồ sơ mang mã “{found}”",
        "The round asks for no dossier indicator named “{found}”",
        "Các chỉ tiêu hồ sơ của đợt: {expected}.",
        "The dossier indicators of the round: {expected}.",
    ),
    Code(
        "DOS309",
        "error",
        "Không lọc được theo tháng “{found}”",
        "The months “{found}” are not a span",
        "Ghi các tháng liền nhau của năm báo cáo, trong khoảng {expected}.",
        "Name consecutive months of the report's year, within {expected}.",
    ),
    Code(
        "DOS310",
        "error",
        "Lịch làm việc của kho có giờ không dùng được: {found} (từ {day}, đơn vị “{unit}”)",
        "The store's calendar holds hours that are none: {found} (from {day}, unit “{unit}”)",
        "Nạp lại lịch (calendar) với cùng ngày và đơn vị, giờ đúng theo thứ tự trong ngày; dòng mới thay dòng cũ.",
        "Ingest the calendar again with the same day and unit and hours in the order of the day; the new row replaces it.",
    ),
    Code(
        "DOS311",
        "error",
        "Không ghi được kết quả vào {path}: {found}",
        "The results cannot be written to {path}: {found}",
        "Giải phóng chỗ trên đĩa, hoặc chọn thư mục được phép ghi, rồi chạy lại; tệp cũ trong thư mục còn nguyên.",
        "Free disk space, or choose a folder that may be written, and run it again; files that were there are whole.",
    ),
    Code(
        "DOS312",
        "warning",
        "Không hồ sơ nào có thể mang giá trị của bộ lọc “{found}”: danh mục của kho không có giá trị ấy",
        "No dossier can have what the filter “{found}” asks for: the store's catalogues do not know it",
        "Sửa giá trị, ví dụ: {expected}. Bộ lọc theo khối, lĩnh vực, cấp cần danh mục đơn vị và thủ tục.",
        "Mend the value, for instance: {expected}. Filters by block, field and level need the catalogues of units and procedures.",
    ),
    Code(
        "DOS313",
        "warning",
        "Không có hồ sơ nào của năm {found} theo bộ lọc và ngày số liệu đã chọn",
        "No dossier of {found} is within the filter and the as-of chosen",
        "Kiểm tra năm, mã viết trong --where và ngày của --as-of; ngày số liệu mới nhất của kho là {expected}.",
        "Check the year, the codes in --where and the day of --as-of; the newest as-of of the store is {expected}.",
    ),
)
