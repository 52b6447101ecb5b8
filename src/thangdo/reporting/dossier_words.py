"""The sentences of a dossier report in both languages, one row a sentence."""

from __future__ import annotations

from thangdo.reporting.language import Language
from thangdo.reporting.sentence import Sentence

_ROWS = (
    Sentence(
        "headline",
        "Năm {year}: {share} hồ sơ được giải quyết trước và đúng hạn",
        "{year}: {share} of dossiers were resolved early or on time",
    ),
    Sentence("headline_none", "Năm {year}: chưa có hồ sơ nào được giải quyết", "{year}: no dossier was resolved"),
    Sentence("quiet", "Thủ tục hành chính · số liệu đến ngày {day}", "Administrative procedures · data to {day}"),
    Sentence("illustrative", "số liệu minh họa", "illustrative data"),
    Sentence("filter", "chỉ gồm: {filter}", "only: {filter}"),
    Sentence("figures", "Các con số của năm", "The year in figures"),
    Sentence("figure", "Số liệu", "Figure"),
    Sentence("this_year", "Năm {year}", "{year}"),
    Sentence("change", "Thay đổi", "Change"),
    Sentence("flow", "Tiếp nhận và giải quyết theo tháng", "Received and resolved by month"),
    Sentence(
        "flow_see",
        "Nhiều nhất là tháng {most}; ít nhất là tháng {least} (hồ sơ tiếp nhận trong tháng)",
        "Most dossiers came in {most}, fewest in {least} (received in the month)",
    ),
    Sentence("month", "Tháng", "Month"),
    Sentence("received", "Tiếp nhận", "Received"),
    Sentence("resolved", "Giải quyết", "Resolved"),
    Sentence("funnel", "Đơn vị nào khác hẳn toàn thành phố", "Which units differ from the city"),
    Sentence(
        "funnel_see",
        "{outside} trong {units} đơn vị nằm ngoài khoảng 99,8 % mà riêng sự ngẫu nhiên có thể gây ra",
        "{outside} of {units} units lie outside the range that chance alone gives 99.8% of the time",
    ),
    Sentence(
        "funnel_none",
        "Không đơn vị nào trong {units} đơn vị nằm ngoài khoảng 99,8 % mà riêng sự ngẫu nhiên có thể gây ra",
        "None of the {units} units lies outside the range that chance alone gives 99.8% of the time",
    ),
    Sentence(
        "funnel_axis",
        "Hồ sơ trễ theo mức chung (thang căn bậc hai)",
        "Expected late dossiers (square-root scale)",
    ),
    Sentence(
        "funnel_note",
        "Tỷ lệ đúng hạn đã chuẩn hóa theo thủ tục: đơn vị nhiều thủ tục khó không bị thiệt. Bảng liệt kê các đơn vị "
        "nằm ngoài khoảng, hoặc các đơn vị có nhiều hồ sơ trễ nhất nếu không đơn vị nào nằm ngoài.",
        "On-time share standardised for procedures, so that harder procedures cost a unit nothing. The table lists "
        "units outside the range, or those with most late dossiers if none is.",
    ),
    Sentence("unit", "Đơn vị", "Unit"),
    Sentence("late", "Trễ hạn", "Late"),
    Sentence("expected", "Trễ theo mức chung", "Expected late"),
    Sentence("standardised", "Tỷ lệ chuẩn hóa", "Standardised share"),
    Sentence("shrunk", "Tỷ lệ đã co", "Shrunk share"),
    Sentence("signal", "Khác biệt", "Differs"),
    Sentence("worse", "trễ nhiều hơn", "later"),
    Sentence("better", "trễ ít hơn", "more punctual"),
    Sentence("months_map", "Tỷ lệ đúng hạn theo đơn vị và từng tháng", "On-time share by unit, month by month"),
    Sentence(
        "months_note",
        "{shown} đơn vị giải quyết nhiều hồ sơ nhất trong {units} đơn vị; phần trăm hồ sơ giải quyết trước và đúng hạn. "
        "Mọi đơn vị có trong bảng kết quả đúng hạn kèm theo.",
        "The {shown} of {units} units that resolved most; per cent early or on time. All units are in the table of timeliness beside this page.",
    ),
    Sentence("signals", "Dấu hiệu cần kiểm tra", "Signals to look into"),
    Sentence(
        "signals_see",
        "{count} dấu hiệu ở {units} đơn vị. Dấu hiệu không phải kết luận: cần xem từng hồ sơ phía sau.",
        "{count} signals at {units} units. A signal is no verdict: the dossiers behind it have to be read.",
    ),
    Sentence(
        "signals_none", "Không đơn vị nào nổi bật theo năm cách dò.", "No unit stands out by any of the five detectors."
    ),
    Sentence("detector", "Dấu hiệu", "Signal"),
    Sentence("dossiers", "Hồ sơ", "Dossiers"),
    Sentence("share", "Tỷ lệ", "Share"),
    Sentence("city_share", "Toàn thành phố", "City"),
    Sentence("waiting", "Hồ sơ trễ phải chờ bao lâu", "How long late dossiers wait"),
    Sentence(
        "waiting_see",
        "Hồ sơ trễ còn đang mở được tính là còn chờ (Kaplan–Meier), nên để hồ sơ mở không làm số liệu đẹp hơn.",
        "Late dossiers still open count as still waiting (Kaplan–Meier), so leaving them open gains nothing.",
    ),
    Sentence("open_late", "Còn mở", "Still open"),
    Sentence("median", "Trung vị, ngày", "Median, days"),
    Sentence("after_10", "Còn mở sau 10 ngày", "Open after 10 days"),
    Sentence("after_30", "Còn mở sau 30 ngày", "Open after 30 days"),
    Sentence("classes", "Thông tư 01/2018: xếp loại cơ quan", "Circular 01/2018: class of the agencies"),
    Sentence(
        "classes_note",
        "Theo mức tối đa tính được từ dữ liệu; chỉ số chưa đủ dữ liệu được bỏ khỏi mức tối đa và nêu ở tt01.csv.",
        "By the maximum the data allow; indicators without data leave the maximum and are named in tt01.csv.",
    ),
    Sentence("class", "Xếp loại", "Class"),
    Sentence("agencies", "Số cơ quan", "Agencies"),
    Sentence("no_class", "chưa đủ dữ liệu", "not enough data"),
    Sentence("method", "Cách tính", "Method"),
    Sentence(
        "method_1",
        "Hạn trả là hạn ghi trong hồ sơ; hạn chỉ có ngày thì hết hạn lúc 24 giờ. Trạng thái tính đến hết năm. Hồ sơ "
        "quá hạn là hồ sơ kết thúc sau hạn trả. Các cột và đẳng thức theo biểu 06/VPCP/KSTT (Thông tư "
        "01/2020/TT-VPCP); nơi dữ liệu không khớp được ghi ở form06.csv, không bị sửa.",
        "A dossier is judged by its recorded due date; a date without a time ends at 24:00. Status is as of the end of "
        "the year. Columns and identities follow form 06/VPCP/KSTT (Circular 01/2020/TT-VPCP); where the data break "
        "them, form06.csv says so and nothing is corrected.",
    ),
    Sentence(
        "method_2",
        "Giới hạn phễu theo phân phối Poisson của số hồ sơ trễ; tỷ lệ đã co kéo đơn vị nhỏ về mức chung (Bayes thực nghiệm).",
        "Funnel limits are those of a Poisson count of late dossiers; shrinkage draws small units to the mean (empirical Bayes).",
    ),
    Sentence("table", "Bảng", "Table"),
    Sentence(
        "form_title",
        "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
        "RESULTS OF HANDLING ADMINISTRATIVE PROCEDURES",
    ),
    Sentence("form_name", "Biểu số 06/VPCP/KSTT", "Form 06/VPCP/KSTT"),
    Sentence("form_unit", "Đơn vị tính: hồ sơ", "Unit: dossiers"),
    Sentence("form_period", "Kỳ báo cáo: năm {year}", "Period: {year}"),
    Sentence("form_total", "Tổng cộng", "Total"),
    Sentence("form_no", "STT", "No."),
    Sentence("form_row", "Lĩnh vực giải quyết", "Field"),
    Sentence("form_received", "Số hồ sơ tiếp nhận", "Received"),
    Sentence("form_resolved", "Số hồ sơ đã giải quyết", "Resolved"),
    Sentence("form_open", "Số hồ sơ đang giải quyết", "In process"),
    Sentence("form_sum", "Tổng số", "Total"),
    Sentence("form_in_period", "Trong kỳ", "In the period"),
    Sentence("form_online", "Trực tuyến", "Online"),
    Sentence("form_direct", "Trực tiếp, dịch vụ bưu chính", "Counter or post"),
    Sentence("form_carried", "Từ kỳ trước", "Carried over"),
    Sentence("form_early", "Trước hạn", "Early"),
    Sentence("form_on_time", "Đúng hạn", "On time"),
    Sentence("form_overdue", "Quá hạn", "Overdue"),
    Sentence("form_within", "Trong hạn", "Within"),
    Sentence("form_flags", "Đẳng thức không khớp", "Identities broken"),
)
_BY_KEY = {row.key: row for row in _ROWS}

# The figures of summary.json as a reader meets them, in order; shares end in `_share`.
FIGURES = (
    ("received", "Hồ sơ tiếp nhận (cả kỳ trước chuyển sang)", "Dossiers received (with those carried over)"),
    ("received_in_period", "  trong đó tiếp nhận trong năm", "  received in the year"),
    ("online_dossiers", "  trong đó nộp trực tuyến", "  filed online"),
    ("resolved", "Hồ sơ đã giải quyết", "Dossiers resolved"),
    ("early", "  trước hạn", "  early"),
    ("on_time", "  đúng hạn", "  on time"),
    ("overdue", "  quá hạn", "  overdue"),
    ("on_time_share", "Tỷ lệ trước và đúng hạn", "Share early or on time"),
    ("overdue_with_apology", "Hồ sơ quá hạn có thư xin lỗi", "Overdue dossiers with an apology"),
    ("in_process", "Hồ sơ đang giải quyết", "Dossiers in process"),
    ("open_overdue", "  đã quá hạn", "  already overdue"),
    ("procedures_total", "Thủ tục hành chính", "Procedures"),
    ("procedures_online", "  cung cấp trực tuyến", "  offered online"),
    ("procedures_full", "  trực tuyến toàn trình", "  fully online"),
    ("procedures_partial", "  trực tuyến một phần", "  partly online"),
)


def sentence(key: str, language: Language, **facts: object) -> str:
    """The sentence in the reader's language, filled. Raises KeyError for a key no row has."""
    row = _BY_KEY[key]
    return (row.en if language == "en" else row.vi).format(**facts)
