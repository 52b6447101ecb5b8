"""The sentences of an audit report in both languages, one row a sentence."""

from __future__ import annotations

from thangdo.reporting.language import Language
from thangdo.reporting.sentence import Sentence

_ROWS = (
    Sentence("headline", "{sound} trên {of} câu hỏi kiểm toán đạt yêu cầu", "{sound} of {of} audit questions are met"),
    Sentence(
        "quiet",
        "Kiểm toán thống kê · {units} đơn vị · {indicators} chỉ tiêu · {n} lần tính lại",
        "Statistical audit · {units} units · {indicators} indicators · {n} replications",
    ),
    Sentence("answers", "Kết luận theo từng câu hỏi", "Verdict on each question"),
    Sentence("question", "Câu hỏi", "Question"),
    Sentence("verdict", "Kết luận", "Verdict"),
    Sentence("outside", "Ngoài ngưỡng", "Out of bounds"),
    Sentence("named", "Cụ thể", "Which"),
    Sentence("coverage", "Dữ liệu có đầy đủ không?", "Is the coverage sufficient?"),
    Sentence("outliers", "Còn giá trị ngoại lai không?", "Are outliers left?"),
    Sentence("coherence", "Các nhóm có nhất quán không?", "Are the groups coherent?"),
    Sentence("redundancy", "Có chỉ tiêu trùng lặp không?", "Are indicators redundant?"),
    Sentence("opposition", "Có thành phần trái chiều hoặc rời rạc không?", "Do parts oppose or miss their group?"),
    Sentence("weights", "Ảnh hưởng có tương xứng với trọng số không?", "Does influence follow the weights?"),
    Sentence("robustness", "Thứ hạng có vững không?", "Are the ranks robust?"),
    Sentence("sound", "đạt", "sound"),
    Sentence("look", "cần xem xét", "to look at"),
    Sentence("mend", "cần sửa", "to mend"),
    Sentence("unknown", "chưa kiểm tra", "not examined"),
    Sentence("ranks", "Thứ hạng và khoảng bất định", "Ranks with their ranges"),
    Sentence(
        "ranks_see",
        "Chấm là hạng công bố, vạch là khoảng 5–95 % khi thay đổi: {varied}",
        "Dot: the rank published; line: its 5–95% range when these vary: {varied}",
    ),
    Sentence("sets", "Thứ hạng theo sai số của dữ liệu (95 %)", "Ranks by the errors of the data (95%)"),
    Sentence("set_rank", "Hạng", "Rank"),
    Sentence("own_set", "Riêng từng đơn vị", "By itself"),
    Sentence("joint_set", "Đồng thời", "Jointly"),
    Sentence("tier", "Nhóm", "Tier"),
    Sentence("heat", "Tương quan giữa các thành phần", "Correlations between components"),
    Sentence(
        "heat_see",
        "Càng đậm càng tương quan; số âm có viền cảnh báo",
        "The darker the stronger; negative ones have a warning edge",
    ),
    Sentence("treated", "Giá trị ngoại lai trước và sau xử lý", "Outliers before and after treatment"),
    Sentence(
        "treated_see",
        "Dòng trên trước, dòng dưới sau xử lý; mỗi chấm một đơn vị",
        "Upper row before, lower row after treatment; one dot a unit",
    ),
    Sentence("sobol", "Lựa chọn nào làm thay đổi thứ hạng", "Which choice moves the ranks"),
    Sentence(
        "sobol_see",
        "Thanh đậm: riêng lựa chọn đó; thanh nhạt: kể cả tương tác; vạch: khoảng 95 %",
        "Dark bar: the choice alone; light bar: with interactions; line: 95% interval",
    ),
    Sentence("lines", "Hồ sơ các đơn vị theo thành phần", "Profiles of the units over the components"),
    Sentence(
        "lines_see",
        "Đậm: ba đơn vị đứng đầu; nhạt: các đơn vị khác",
        "Dark: the first three units; light: the others",
    ),
    Sentence("groups", "Tính nhất quán của từng nhóm", "Coherence of each group"),
    Sentence("group", "Nhóm", "Group"),
    Sentence("members", "Số thành phần", "Members"),
    Sentence("alpha", "Alpha của Cronbach", "Cronbach's alpha"),
    Sentence("component", "Thành phần chính thứ nhất", "First component"),
    Sentence("influence", "Trọng số hiệu dụng và ảnh hưởng", "Effective weights and influence"),
    Sentence("weight", "Trọng số hiệu dụng", "Effective weight"),
    Sentence("correlation", "Tương quan với chỉ số", "Correlation with the index"),
    Sentence("unit", "Đơn vị", "Unit"),
    Sentence("rank", "Hạng (khoảng)", "Rank (range)"),
    Sentence("choice", "Lựa chọn", "Choice"),
    Sentence("first", "Riêng", "First order"),
    Sentence("total", "Tổng", "Total"),
    Sentence("skew_before", "Độ lệch trước", "Skewness before"),
    Sentence("skew_after", "Độ lệch sau", "Skewness after"),
    Sentence("none", "không có", "none"),
)
_BY_KEY = {row.key: row for row in _ROWS}


def words(key: str, language: Language, **facts: object) -> str:
    """The sentence in `language` with its facts."""
    row = _BY_KEY[key]
    return (row.vi if language == "vi" else row.en).format(**facts)
