"""`thangdo survey …`: one file per command, loaded only when it is called."""

from __future__ import annotations

import click

from thangdo.cli.commands import Command
from thangdo.cli.groups import LazyGroup

ROWS = (
    Command(
        "size",
        "survey_size",
        "Tính cỡ mẫu và bảng so sánh thiết kế",
        "Compute sample sizes and the table of designs",
    ),
    Command(
        "draw",
        "survey_draw",
        "Công bố kế hoạch, rồi chọn mẫu từ nguồn ngẫu nhiên công khai",
        "Announce a plan, then draw from a public source of chance",
    ),
    Command(
        "check-draw",
        "survey_check_draw",
        "Chọn lại mẫu đã công bố và so sánh",
        "Repeat a published draw and compare",
    ),
    Command(
        "check",
        "survey_check",
        "Kiểm tra câu trả lời theo bảng hỏi, lập danh sách dòng bị loại",
        "Check answers against the questionnaire and list rejects",
    ),
    Command(
        "weigh",
        "survey_weigh",
        "Tính quyền số: không trả lời, hiệu chỉnh, cắt ngưỡng",
        "Weigh: non-response, calibration, trimming",
    ),
    Command(
        "estimate",
        "survey_estimate",
        "Ước lượng kèm sai số chuẩn và khoảng tin cậy",
        "Estimate with standard errors and confidence intervals",
    ),
    Command(
        "compare",
        "survey_compare",
        "Kiểm định khác biệt giữa các miền và giữa hai năm",
        "Test differences between domains and between years",
    ),
    Command(
        "values",
        "survey_values",
        "Ghi số liệu khảo sát vào values.csv của một đợt đánh giá",
        "Write survey figures into a round's values.csv",
    ),
    Command(
        "report",
        "survey_report",
        "Lập báo cáo khảo sát HTML, PDF, XLSX",
        "Write the survey report as HTML, PDF and XLSX",
    ),
    Command(
        "generate",
        "survey_generate",
        "Tạo một cuộc khảo sát minh họa biết trước giá trị tổng thể",
        "Make an illustrative survey with known population values",
    ),
)
ABOUT = (
    "Khảo sát: thiết kế, chọn mẫu, gia quyền, ước lượng, báo cáo.",
    "Surveys: design, draw, weigh, estimate, report.",
)


@click.command(cls=LazyGroup, rows=ROWS, about=ABOUT)
def command() -> None:
    """The group: `groups.LazyGroup` says in the reader's language what it is for."""
