"""The sentences of a dossier report in both languages, one row a sentence."""

from __future__ import annotations

from thangdo.reporting.language import Language
from thangdo.reporting.sentence import Sentence

_ROWS = (
    Sentence(
        "headline",
        "{period}: {share} hồ sơ được giải quyết trước và đúng hạn",
        "{period}: {share} of dossiers were resolved early or on time",
    ),
    Sentence("headline_none", "{period}: chưa có hồ sơ nào được giải quyết", "{period}: no dossier was resolved"),
    Sentence("headline_part", " (một phần hồ sơ)", " (part of the dossiers)"),
    Sentence(
        "lead_resolved",
        "Đã giải quyết {resolved} hồ sơ, {overdue} hồ sơ quá hạn. ",
        "{resolved} dossiers were resolved, {overdue} of them overdue. ",
    ),
    Sentence(
        "lead_apologies_all",
        "Mọi hồ sơ quá hạn đều có văn bản xin lỗi. ",
        "Every overdue one has an apology. ",
    ),
    Sentence(
        "lead_apologies",
        "Trong số quá hạn, {apologies} hồ sơ có văn bản xin lỗi. ",
        "{apologies} of the overdue ones have an apology. ",
    ),
    Sentence(
        "lead_open",
        "Đang mở và đã quá hạn khi hết kỳ: {open} hồ sơ. ",
        "Open and overdue at the end of the period: {open}. ",
    ),
    Sentence(
        "ends_early",
        "Kỳ báo cáo chưa hết: số liệu mới có đến {day}, kỳ kết thúc {end}. Hồ sơ đang mở có hạn trả trước ngày kết thúc kỳ "
        "đều tính là quá hạn, kể cả khi hạn ấy chưa tới.",
        "The period is not over: the data end on {day}, the period on {end}. Every open dossier due before the period ends "
        "counts as overdue, even where that day has not come yet.",
    ),
    Sentence(
        "lead_online",
        "Trong {received} hồ sơ tiếp nhận trong kỳ, {online} hồ sơ nộp trực tuyến ({share})",
        "Of {received} dossiers received in the period {online} were filed online ({share})",
    ),
    Sentence("lead_online_more", ", tăng {change} so với {base}", ", {change} more than in {base}"),
    Sentence("lead_online_fewer", ", giảm {change} so với {base}", ", {change} fewer than in {base}"),
    Sentence("quiet", "Thủ tục hành chính · số liệu đến ngày {day}", "Administrative procedures · data to {day}"),
    Sentence("illustrative", "số liệu minh họa", "illustrative data"),
    Sentence("filter", "chỉ gồm: {filter}", "only: {filter}"),
    Sentence("figures", "Các con số chính", "The main figures"),
    Sentence("figure", "Số liệu", "Figure"),
    Sentence("not_listed", "danh mục không ghi", "not in the catalogue"),
    Sentence("change", "Thay đổi so với {base}", "Change against {base}"),
    Sentence("points", "{change} điểm %", "{change} points"),
    Sentence(
        "source",
        "hồ sơ thủ tục hành chính của các đơn vị, số liệu đến ngày {day}",
        "administrative dossiers of the units, data to {day}",
    ),
    Sentence("due_dates", "Quá hạn so với hạn nào", "Overdue by which due date"),
    Sentence(
        "due_dates_see",
        "Hạn hẹn lại chỉ có ở hồ sơ đã được hẹn lại; hạn theo luật tính từ thời hạn của thủ tục, ngày làm việc, ngày nghỉ "
        "và lần yêu cầu bổ sung, nên bỏ qua hồ sơ mà luật không cho tính.",
        "A new date counts where one was given. The law's date follows from the procedure's time, working days, holidays and "
        "requests for supplement; dossiers for which the law gives none are left out.",
    ),
    Sentence("due_date", "Hạn trả", "Due date"),
    Sentence("recorded", "Hạn ghi trong hồ sơ", "As recorded"),
    Sentence("re_promised", "Hạn hẹn lại, nếu có", "As promised again, where it was"),
    Sentence("recomputed", "Hạn theo luật", "As the law gives it"),
    Sentence("on_time_share", "Trước và đúng hạn", "Early or on time"),
    Sentence("flow", "Tiếp nhận và giải quyết theo tháng", "Received and resolved by month"),
    Sentence(
        "flow_see",
        "Tiếp nhận nhiều nhất trong tháng {most} ({most_count} hồ sơ), ít nhất trong tháng {least} ({least_count})",
        "Most dossiers came in {most} ({most_count}), fewest in {least} ({least_count})",
    ),
    Sentence("flow_one", "Tháng {most} tiếp nhận {most_count} hồ sơ", "Dossiers received in {most}: {most_count}"),
    Sentence("month", "Tháng", "Month"),
    Sentence("in_ones", "hồ sơ", "dossiers"),
    Sentence("in_thousands", "nghìn hồ sơ", "thousand dossiers"),
    Sentence("in_millions", "triệu hồ sơ", "million dossiers"),
    Sentence("received", "Tiếp nhận", "Received"),
    Sentence("resolved", "Giải quyết", "Resolved"),
    Sentence("funnel", "Đơn vị nào khác hẳn mức chung", "Which units differ from the rest"),
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
        "Số hồ sơ trễ theo mức chung (thang căn bậc hai)",
        "Expected late dossiers (square-root scale)",
    ),
    Sentence("funnel_city", "mức chung {share}", "all units {share}"),
    Sentence(
        "funnel_nothing",
        "Không hồ sơ nào giải quyết trễ, nên không có gì để so sánh giữa các đơn vị.",
        "No dossier was resolved late, so there is nothing to compare the units by.",
    ),
    Sentence(
        "funnel_alone",
        "Chỉ một đơn vị giải quyết những thủ tục có hồ sơ trễ, nên không có đơn vị nào để so sánh.",
        "Only one unit resolved dossiers of procedures that were late, so there is no other to compare it with.",
    ),
    Sentence("funnel_limit", "giới hạn 99,8 %", "99.8% limit"),
    Sentence(
        "funnel_note",
        "Mỗi chấm là một đơn vị. Tỷ lệ đúng hạn đã chuẩn hóa theo thủ tục: đơn vị có nhiều thủ tục khó không bị thiệt. ",
        "Each dot is a unit. The on-time share is standardised for procedures, so that harder ones cost a unit nothing. ",
    ),
    Sentence(
        "funnel_outside",
        "Bảng gồm {shown} trong {outside} đơn vị nằm ngoài khoảng, xa nhất trước; mọi đơn vị có trong adjusted.csv.",
        "The table has {shown} of the {outside} units outside the range, farthest first; all units are in adjusted.csv.",
    ),
    Sentence(
        "funnel_most",
        "Bảng gồm {shown} đơn vị có nhiều hồ sơ trễ nhất; mọi đơn vị có trong adjusted.csv.",
        "The table has the {shown} units with most late dossiers; all units are in adjusted.csv.",
    ),
    Sentence("unit", "Đơn vị", "Unit"),
    Sentence("late", "Trễ hạn", "Late"),
    Sentence("expected", "Trễ theo mức chung", "Expected late"),
    Sentence("standardised", "Tỷ lệ chuẩn hóa", "Standardised share"),
    Sentence("shrunk", "Tỷ lệ ước lượng*", "Estimated share*"),
    Sentence("signal", "Khác biệt", "Differs"),
    Sentence("worse", "trễ nhiều hơn", "later"),
    Sentence("better", "trễ ít hơn", "more punctual"),
    Sentence("as_all", "không", "no"),
    Sentence("months_map", "Tỷ lệ đúng hạn theo đơn vị và từng tháng", "On-time share by unit, month by month"),
    Sentence(
        "months_note",
        "{shown} đơn vị giải quyết nhiều hồ sơ nhất trong {units} đơn vị; phần trăm hồ sơ giải quyết trước và đúng hạn, "
        "ô càng đậm càng gần 100 %. Kết quả cả kỳ của mọi đơn vị có trong on_time.csv.",
        "The {shown} of {units} units that resolved most; per cent early or on time, the darker the nearer to 100%. "
        "The whole period of every unit is in on_time.csv.",
    ),
    Sentence("signals", "Dấu hiệu cần kiểm tra", "Signals to look into"),
    Sentence(
        "signals_see",
        "{count} dấu hiệu ở {units} đơn vị. Dấu hiệu không phải kết luận: cần xem từng hồ sơ phía sau.",
        "Signals: {count}, at {units} of the units. A signal is no verdict: the dossiers behind it have to be read.",
    ),
    Sentence(
        "signals_none", "Không đơn vị nào nổi bật theo năm cách dò.", "No unit stands out by any of the five detectors."
    ),
    Sentence("detector", "Dấu hiệu", "Signal"),
    Sentence("dossiers", "Hồ sơ", "Dossiers"),
    Sentence("of_dossiers", "Trên tổng", "Of"),
    Sentence("share", "Tỷ lệ", "Share"),
    Sentence("median_share", "Trung vị các đơn vị", "Units' median"),
    Sentence("waiting", "Hồ sơ trễ phải chờ bao lâu", "How long late dossiers wait"),
    Sentence(
        "waiting_see",
        "Hồ sơ trễ còn đang mở được tính là còn chờ (Kaplan–Meier), nên để hồ sơ mở không làm số liệu đẹp hơn.",
        "Late dossiers still open count as still waiting (Kaplan–Meier), so leaving them open gains nothing.",
    ),
    Sentence("open_late", "Còn mở", "Still open"),
    Sentence("median", "Trung vị, ngày", "Median, days"),
    Sentence("not_reached", "chưa tới", "not reached"),
    Sentence("after_10", "Còn mở sau 10 ngày", "Open after 10 days"),
    Sentence("after_30", "Còn mở sau 30 ngày", "Open after 30 days"),
    Sentence(
        "waiting_note",
        "{shown} đơn vị có nhiều hồ sơ trễ nhất. Trung vị “chưa tới”: quá nửa hồ sơ trễ còn mở khi hết kỳ. “≤”: "
        "chưa hồ sơ nào chờ lâu đến thế, tỷ lệ là mức cao nhất có thể.",
        "The {shown} units with most late dossiers. A median “not reached”: more than half were still open at the end. “≤”: no "
        "dossier was seen waiting that long; the share is an upper bound.",
    ),
    Sentence("classes", "Thông tư 01/2018: xếp loại cơ quan", "Circular 01/2018: class of the agencies"),
    Sentence(
        "classes_note",
        "Từ 15 điểm là Xuất sắc, 12 Tốt, 9 Khá, 6 Trung bình. Mức này là của 18 điểm và giữ nguyên, dù dữ liệu chỉ cho "
        "tính đến {maximum} điểm; điểm từng chỉ số ở tt01.csv.",
        "From 15 points Xuất sắc (excellent), 12 Tốt (good), 9 Khá (fair), 6 Trung bình (average). These bounds are for "
        "18 points and stay as they are, though the data allow at most {maximum}; points by indicator are in tt01.csv.",
    ),
    Sentence(
        "classes_none",
        "Chưa xếp loại được: dữ liệu chỉ cho tính đến {maximum} trong 18 điểm, mà loại Trung bình cần 6 điểm; điểm từng chỉ số "
        "ở tt01.csv.",
        "No class can be told: the data allow at most {maximum} of 18 points, and Trung bình (average) takes 6; points by "
        "indicator are in tt01.csv.",
    ),
    Sentence("class", "Xếp loại", "Class"),
    Sentence("agencies", "Số cơ quan", "Agencies"),
    Sentence("no_class", "chưa đủ dữ liệu", "not enough data"),
    Sentence("method", "Cách tính", "Method"),
    Sentence(
        "method_1",
        "Hạn trả là hạn ghi trong hồ sơ; hạn chỉ có ngày thì hết hạn lúc 24 giờ. Trạng thái tính đến hết kỳ. Hồ sơ "
        "quá hạn là hồ sơ kết thúc sau hạn trả. Các cột và đẳng thức theo biểu 06/VPCP/KSTT (Thông tư "
        "01/2020/TT-VPCP); nơi dữ liệu không khớp được ghi ở form06.csv, không bị sửa.",
        "A dossier is judged by its recorded due date; a date without a time ends at 24:00. Status is as of the end of "
        "the period. Columns and identities follow form 06/VPCP/KSTT (Circular 01/2020/TT-VPCP); where the data break "
        "them, form06.csv says so and nothing is corrected.",
    ),
    Sentence(
        "method_2",
        "Giới hạn 99,8 % theo phân phối Poisson của số hồ sơ trễ. *Tỷ lệ ước lượng kéo đơn vị nhỏ về mức chung (Bayes thực "
        "nghiệm), vì vài hồ sơ chưa nói được nhiều về một đơn vị.",
        "The 99.8% limits are those of a Poisson count of late dossiers. *The estimated share draws small units to the mean "
        "(empirical Bayes), because a few dossiers say little about a unit.",
    ),
    Sentence("files", "Tệp số liệu kèm theo", "Files beside this page"),
    Sentence(
        "fingerprint",
        "Mã kiểm tra (SHA-256) của summary.json: {digest}",
        "Fingerprint (SHA-256) of summary.json: {digest}",
    ),
    Sentence(
        "form_title",
        "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
        "RESULTS OF HANDLING ADMINISTRATIVE PROCEDURES",
    ),
    Sentence("form_name", "Biểu số 06/VPCP/KSTT", "Form 06/VPCP/KSTT"),
    Sentence("form_unit", "Đơn vị tính: Số hồ sơ TTHC", "Unit: dossiers"),
    Sentence("form_period", "Kỳ báo cáo: {period}", "Period: {period}"),
    Sentence("form_days", "(Từ ngày {first} đến ngày {last})", "({first} to {last})"),
    Sentence("form_circular", "(Thông tư 01/2020/TT-VPCP)", "(Circular 01/2020/TT-VPCP)"),
    Sentence(
        "form_months",
        "Mỗi tháng là một kỳ riêng, hồ sơ còn mở chuyển sang tháng sau: cột (3), (6), (11)–(13) không cộng dồn",
        "Each month is a period of its own and carries open dossiers over: columns (3), (6), (11)–(13) do not add up",
    ),
    Sentence("form_ends_early", "Số liệu mới có đến {day}", "Data to {day} only"),
    Sentence("form_filter", "Chỉ gồm: {filter}", "Only: {filter}"),
    Sentence("form_reporter", "- Đơn vị báo cáo: ………………………", "- Reporting unit: ………………………"),
    Sentence("form_recipient", "- Đơn vị nhận báo cáo: …………………", "- Reported to: ………………………"),
    Sentence("form_page", "Trang", "Page"),
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

# Files beside the page, by what a reader looks for: the file, what it holds.
FILES = (
    ("form06.xlsx", "Biểu 06/VPCP/KSTT để in, ký", "Form 06/VPCP/KSTT to print and sign"),
    ("tables.xlsx", "Mọi bảng trong một sổ Excel, có tên đơn vị", "Every table in one workbook, with the units' names"),
    ("form06.csv", "Biểu 06 để tính tiếp", "Form 06 to calculate with"),
    ("on_time.csv", "Trước hạn, đúng hạn, quá hạn theo ba hạn trả", "Early, on time and overdue by three due dates"),
    ("apologies.csv", "Văn bản xin lỗi và hẹn lại", "Apologies and new dates"),
    ("online_services.csv", "Hồ sơ và thủ tục trực tuyến", "Dossiers and procedures online"),
    ("tt01.csv", "Chín chỉ số của Thông tư 01/2018/TT-VPCP", "The nine indicators of Circular 01/2018/TT-VPCP"),
    ("qd766.csv", "Các nhóm chỉ số của Quyết định 766/QĐ-TTg", "The groups of Decision 766/QĐ-TTg"),
    ("gaming.csv", "Dấu hiệu cần kiểm tra của mọi đơn vị", "Signals to look into, every unit"),
    ("adjusted.csv", "Tỷ lệ chuẩn hóa theo thủ tục của mọi đơn vị", "Shares standardised for procedures, every unit"),
    ("survival.csv", "Thời gian chờ của hồ sơ trễ", "How long late dossiers wait"),
    ("processing_time.csv", "Thời gian giải quyết so với quy định", "Processing time against the legal time"),
    ("summary.json", "Các con số chính", "The main figures"),
)

# The figures of summary.json as a reader meets them, in order; shares end in `_share`.
FIGURES = (
    ("received", "Hồ sơ tiếp nhận (gồm cả kỳ trước chuyển sang)", "Dossiers received (with those carried over)"),
    ("received_in_period", "  trong đó tiếp nhận trong kỳ", "  received in the period"),
    ("online_dossiers", "  trong đó nộp trực tuyến", "  filed online"),
    ("resolved", "Hồ sơ đã giải quyết", "Dossiers resolved"),
    ("early", "  trước hạn", "  early"),
    ("on_time", "  đúng hạn", "  on time"),
    ("overdue", "  quá hạn", "  overdue"),
    ("on_time_share", "Tỷ lệ trước và đúng hạn", "Share early or on time"),
    ("overdue_with_apology", "Hồ sơ quá hạn có văn bản xin lỗi", "Overdue dossiers with an apology"),
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
