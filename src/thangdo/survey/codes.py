"""Findings about surveys: 001–299 design, draws, questionnaires, answers; from 300 statistics."""

from __future__ import annotations

from thangdo.findings import Code, CodeTable
from thangdo.survey.draw_codes import DESIGN_CODES
from thangdo.survey.questionnaire_codes import QUESTIONNAIRE_CODES, RESPONSE_CODES
from thangdo.survey.statistics_codes import STATISTICS_CODES

GENERATING = (
    Code(
        "SUR201",
        "error",
        "Không đủ số phiếu cho thiết kế: {rows} phiếu, {strata} tầng, {clusters} cụm, {units} đơn vị",
        "The numbers cannot hold the design: {rows} people, {strata} strata, {clusters} clusters, {units} units",
        "Mỗi tầng cần ít nhất hai cụm, mỗi cụm ít nhất một phiếu.",
        "Every stratum needs at least two clusters, every cluster at least one person.",
    ),
)

CODES = CodeTable((*DESIGN_CODES, *QUESTIONNAIRE_CODES, *RESPONSE_CODES, *GENERATING, *STATISTICS_CODES))
