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
        "Từ rất không hài lòng (nhạt) đến rất hài lòng (đậm)",
        "From very dissatisfied (light) to very satisfied (dark)",
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
    Sentence("change", "Thay đổi so với lần trước", "Change since the last survey"),
    Sentence(
        "change_see",
        "{change} điểm phần trăm (từ {low} đến {high}), {p}",
        "{change} percentage points ({low} to {high}), {p}",
    ),
    Sentence("change_clear", "Thay đổi này vượt sai số chọn mẫu.", "The change is beyond sampling error."),
    Sentence("change_unclear", "Thay đổi này nằm trong sai số chọn mẫu.", "The change is within sampling error."),
    Sentence("response", "Phiếu thu được và tỷ lệ trả lời", "Answers received and response rate"),
    Sentence("weighting", "Các bước tính quyền số", "Steps of the weights"),
    Sentence("method", "Cách tính", "Method"),
    Sentence(
        "method_rule", "Chỉ số: {rule}. Nguồn của cách tính: {source}.", "Index: {rule}. Source of the rule: {source}."
    ),
    Sentence(
        "method_error",
        "Khoảng tin cậy {level} tính theo đúng cách chọn mẫu (tầng, cụm, quyền số), với {df} bậc tự do.",
        "The {level} intervals follow the way the sample was drawn (strata, clusters, weights), with {df} degrees of freedom.",
    ),
    Sentence(
        "method_small",
        "Đơn vị có dưới {print_n} phiếu không được in số; dưới {rank_n} phiếu không được xếp hạng.",
        "A unit with fewer than {print_n} answers is not printed; with fewer than {rank_n} it is not ranked.",
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
    Sentence("column_n", "Số phiếu", "Answers"),
    Sentence("column_step", "Bước", "Step"),
    Sentence("column_sum", "Tổng quyền số", "Sum of weights"),
    Sentence("column_smallest", "Nhỏ nhất", "Smallest"),
    Sentence("column_largest", "Lớn nhất", "Largest"),
    Sentence("column_deff", "Hệ số thiết kế do quyền số", "Design effect of weighting"),
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
