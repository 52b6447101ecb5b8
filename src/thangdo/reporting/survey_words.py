"""The sentences of a survey report in both languages, one row a sentence."""

from __future__ import annotations

from thangdo.reporting.language import Language
from thangdo.reporting.sentence import Sentence

_ROWS = (
    Sentence(
        "headline", "{share} người được hỏi hài lòng ({low}–{high})", "{share} of people are satisfied ({low}–{high})"
    ),
    Sentence("quiet", "{title} · năm {year} · {n} phiếu trả lời", "{title} · {year} · {n} answers"),
    Sentence("illustrative", "số liệu minh họa", "illustrative data"),
    Sentence("factors", "Mức hài lòng theo yếu tố", "Satisfaction by factor"),
    Sentence("factors_see", "{best} được hài lòng nhiều nhất, {worst} ít nhất", "{best} satisfies most, {worst} least"),
    Sentence("items", "Câu trả lời theo từng câu hỏi", "Answers to each question"),
    Sentence(
        "items_see",
        "Từ rất không hài lòng (nhạt) đến rất hài lòng (đậm); con số bên phải: tỷ lệ chọn hai mức cao nhất",
        "From very dissatisfied (light) to very satisfied (dark); the number: share of the two highest answers",
    ),
    Sentence("units", "Đơn vị, khoảng tin cậy và nhóm ngang nhau", "Units, intervals and tied groups"),
    Sentence(
        "units_see",
        "{units} đơn vị xếp thành {tiers} nhóm: trong một nhóm, dữ liệu chưa phân biệt được với đơn vị đứng đầu nhóm",
        "{units} units in {tiers} groups: within a group the data cannot tell a unit from the first of the group",
    ),
    Sentence(
        "units_none",
        "Chưa có đủ đơn vị đạt số phiếu tối thiểu để xếp nhóm",
        "Too few units reach the minimum to be grouped",
    ),
    Sentence("group", "Nhóm {tier}", "Group {tier}"),
    Sentence("group_unranked", "Không xếp hạng (dưới {rank_n} phiếu)", "Not ranked (fewer than {rank_n} answers)"),
    Sentence("hidden_items", "Không in vì quá ít phiếu: {names}.", "Not printed, too few answers: {names}."),
    Sentence("areas", "Địa bàn", "Areas"),
    Sentence(
        "areas_see",
        "{models} địa bàn ít phiếu dùng ước lượng theo mô hình (vòng trắng); {direct} địa bàn tính trực tiếp từ phiếu (chấm đậm)",
        "{models} areas with few answers have a model estimate (white circle); {direct} are estimated directly (dark dot)",
    ),
    Sentence(
        "areas_model",
        "Ước lượng theo mô hình Fay–Herriot kết hợp phiếu của địa bàn với các địa bàn khác: phiếu càng ít, mô hình càng góp nhiều. "
        "Sai số ghi kèm là căn bậc hai của sai số bình phương trung bình (MSE). Không dùng các số này để xếp hạng.",
        "The Fay–Herriot model joins an area's answers with what the other areas say: the fewer the answers, the more the "
        "model adds. The error is the root of the mean squared error (MSE). These numbers are not for ranking.",
    ),
    Sentence("areas_direct", "Ước lượng trực tiếp", "Direct estimates"),
    Sentence("areas_models", "Ước lượng theo mô hình", "Model estimates"),
    Sentence("kind_direct", "trực tiếp", "direct"),
    Sentence("kind_model", "mô hình", "model"),
    Sentence("kind_synthetic", "chỉ mô hình", "model only"),
    Sentence("few", "quá ít", "too few"),
    Sentence("change", "Thay đổi so với lần trước", "Change since the last survey"),
    Sentence(
        "change_see",
        "{change} điểm phần trăm (từ {low} đến {high}), {p}",
        "{change} percentage points ({low} to {high}), {p}",
    ),
    Sentence("change_clear", "Thay đổi này vượt sai số chọn mẫu.", "The change is beyond sampling error."),
    Sentence("change_unclear", "Thay đổi này nằm trong sai số chọn mẫu.", "The change is within sampling error."),
    Sentence(
        "change_left_out",
        "Chỉ so sánh các câu hỏi không đổi giữa hai lần; không tính: {items}.",
        "Only questions that stayed the same are compared; left out: {items}.",
    ),
    Sentence(
        "change_holm",
        "Giá trị p của các yếu tố đã hiệu chỉnh theo Holm vì kiểm định nhiều lần.",
        "The p-values of the factors are adjusted after Holm, since several are tested.",
    ),
    Sentence("response", "Phiếu thu được và tỷ lệ trả lời", "Answers received and response rate"),
    Sentence("weighting", "Các bước tính quyền số", "Steps of the weights"),
    Sentence("method", "Cách tính", "Method"),
    Sentence(
        "method_rule", "Chỉ số: {rule}. Nguồn của cách tính: {source}.", "Index: {rule}. Source of the rule: {source}."
    ),
    Sentence(
        "method_error",
        "Nếu khảo sát lại nhiều lần theo cùng cách, {level} các khoảng như vậy chứa giá trị thật. Khoảng được tính theo đúng cách "
        "chọn mẫu (tầng, cụm, quyền số), với {df} bậc tự do.",
        "If the survey were repeated many times, {level} of such intervals would hold the true value. They follow the way the "
        "sample was drawn (strata, clusters, weights), with {df} degrees of freedom.",
    ),
    Sentence(
        "method_small",
        "Đơn vị có dưới {print_n} phiếu không được in số; dưới {rank_n} phiếu không được xếp hạng.",
        "A unit with fewer than {print_n} answers is not printed; with fewer than {rank_n} it is not ranked.",
    ),
    Sentence(
        "method_pooled",
        "Mọi câu trả lời có giá trị như nhau trong chỉ số.",
        "Every answer counts alike in the index.",
    ),
    Sentence(
        "method_factors",
        "Mọi yếu tố có giá trị như nhau trong chỉ số: điểm của một người là trung bình các yếu tố người đó trả lời.",
        "Every factor counts alike in the index: a person's score is the mean of the factors they answered.",
    ),
    Sentence(
        "method_weights",
        "Mỗi phiếu có quyền số cho biết nó đại diện bao nhiêu người; các bước tính: {steps}.",
        "Each answer has a weight that says how many people it stands for; the steps: {steps}.",
    ),
    Sentence(
        "method_tiers",
        "Đơn vị ở cùng một nhóm không thể phân biệt với đơn vị đứng đầu nhóm ở mức tin cậy {level}; hạng ghi thành khoảng.",
        "Units of one group cannot be told from the first of the group at the {level} level; ranks are ranges.",
    ),
    Sentence(
        "method_design",
        "Thiết kế: {strata} tầng, {clusters} cụm, hệ số thiết kế của chỉ số {deff}.",
        "Design: {strata} strata, {clusters} clusters, design effect of the index {deff}.",
    ),
    Sentence("column_name", "Tên", "Name"),
    Sentence("column_estimate", "Hài lòng, % (khoảng tin cậy)", "Satisfied, % (interval)"),
    Sentence("column_rank", "Hạng (khoảng)", "Rank (range)"),
    Sentence("column_tier", "Nhóm", "Group"),
    Sentence("column_area", "Địa bàn", "Area"),
    Sentence("column_error", "Sai số", "Error"),
    Sentence("column_kind", "Cách tính", "How"),
    Sentence("column_before", "Lần trước, %", "Last, %"),
    Sentence("column_now", "Lần này, %", "Now, %"),
    Sentence("column_change", "Thay đổi, điểm %", "Change, points"),
    Sentence("column_test", "p", "p"),
    Sentence("column_median", "Trung vị", "Median"),
    Sentence("column_misfit", "Độ lệch", "Misfit"),
    Sentence("column_low", "từ", "from"),
    Sentence("column_high", "đến", "to"),
    Sentence("column_factor", "Yếu tố", "Factor"),
    Sentence("column_satisfied", "Hài lòng, %", "Satisfied, %"),
    Sentence("sheet_units", "Đơn vị", "Units"),
    Sentence("sheet_factors", "Yếu tố", "Factors"),
    Sentence("sheet_change", "Thay đổi", "Change"),
    Sentence("sheet_items", "Câu hỏi", "Questions"),
    Sentence("sheet_areas", "Địa bàn", "Areas"),
    Sentence("sheet_response", "Phiếu thu được", "Answers received"),
    Sentence("sheet_weighting", "Quyền số", "Weights"),
    Sentence("sheet_method", "Cách tính", "Method"),
    Sentence("column_n", "Số phiếu", "Answers"),
    Sentence("column_step", "Bước", "Step"),
    Sentence("column_sum", "Tổng", "Sum"),
    Sentence("column_smallest", "Nhỏ nhất", "Smallest"),
    Sentence("column_largest", "Lớn nhất", "Largest"),
    Sentence("column_deff", "Hệ số thiết kế", "Design effect"),
    Sentence("column_drawn", "Được hỏi", "Asked"),
    Sentence("column_answered", "Trả lời", "Answered"),
    Sentence("column_rate", "Tỷ lệ", "Rate"),
    Sentence("hidden", "dưới mức tối thiểu", "below the minimum"),
    Sentence("unranked", "không xếp hạng", "not ranked"),
    Sentence("step_design", "thiết kế", "design"),
    Sentence("step_nonresponse", "bù không trả lời", "non-response"),
    Sentence("step_poststrata", "phân tầng sau", "post-stratification"),
    Sentence("step_rake", "cân theo biên", "raking"),
    Sentence("step_calibrate", "hiệu chỉnh", "calibration"),
    Sentence("step_trim", "cắt ngưỡng", "trimming"),
)
_BY_KEY = {row.key: row for row in _ROWS}


def sentence(key: str, language: Language, **facts: object) -> str:
    """The sentence in `language` with its facts."""
    row = _BY_KEY[key]
    return (row.vi if language == "vi" else row.en).format(**facts)
