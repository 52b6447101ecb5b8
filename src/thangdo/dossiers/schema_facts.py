"""Facts about agencies that dossiers do not hold: one frozen row a fact.

They are counts of one unit in one period, except those ending in `_share` (0–1). The sources are the
articles that need them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgencyFact:
    """A fact: its name in the column `fact`, its names for people, and the article that asks for it."""

    name: str
    name_vi: str
    name_en: str
    source: str


_TT01 = "Thông tư 01/2018/TT-VPCP"
_QD766 = "Quyết định 766/QĐ-TTg"

AGENCY_FACTS = (
    AgencyFact("complaints", "Đơn phản ánh thái độ", "Complaints about officials", f"{_TT01}, điều 13 (7)"),
    AgencyFact(
        "complaints_unfounded", "Đơn được xác minh là sai", "Complaints verified as untrue", f"{_TT01}, điều 13 (7)"
    ),
    AgencyFact(
        "contacts_back_1",
        "Hồ sơ phải bổ sung 1 lần",
        "Dossiers whose applicant came back once",
        f"{_TT01}, điều 13 (3)",
    ),
    AgencyFact(
        "contacts_back_more",
        "Hồ sơ phải bổ sung trên 1 lần",
        "Dossiers whose applicant came back more than once",
        f"{_TT01}, điều 13 (3)",
    ),
    AgencyFact(
        "contacts_agencies_1",
        "Hồ sơ phải liên hệ 1 cơ quan",
        "Dossiers whose applicant had to contact one agency",
        f"{_TT01}, điều 13 (4)",
    ),
    AgencyFact(
        "contacts_agencies_more",
        "Hồ sơ phải liên hệ nhiều cơ quan",
        "Dossiers whose applicant had to contact more than one agency",
        f"{_TT01}, điều 13 (4)",
    ),
    AgencyFact("procedures_listed", "Thủ tục thuộc thẩm quyền", "Procedures of the unit", f"{_TT01}, điều 14 (5)"),
    AgencyFact(
        "procedures_one_stop",
        "Thủ tục tiếp nhận và trả tại Một cửa",
        "Procedures received and returned at the one-stop unit",
        f"{_TT01}, điều 14 (5)",
    ),
    AgencyFact(
        "procedures_one_stop_whole",
        "Thủ tục giải quyết trọn tại Một cửa",
        "Procedures handled wholly at the one-stop unit",
        f"{_TT01}, điều 14 (5)",
    ),
    AgencyFact("procedures_posted", "Thủ tục niêm yết", "Procedures posted on paper", f"{_TT01}, điều 14 (6)"),
    AgencyFact(
        "procedures_posted_online",
        "Thủ tục công khai điện tử",
        "Procedures published electronically",
        f"{_TT01}, điều 14 (6)",
    ),
    AgencyFact("feedback_received", "Phản ánh, kiến nghị nhận", "Feedback received", f"{_TT01}, điều 14 (8)"),
    AgencyFact(
        "feedback_on_time", "Phản ánh, kiến nghị xử lý đúng hạn", "Feedback handled on time", f"{_TT01}, điều 14 (8)"
    ),
    AgencyFact("feedback_dragging", "Phản ánh, kiến nghị dây dưa", "Feedback dragging on", f"{_TT01}, điều 14 (8)"),
    AgencyFact(
        "feedback_satisfied_share",
        "Tỷ lệ hài lòng về xử lý phản ánh",
        "Share satisfied with the handling of feedback",
        f"{_QD766}, nhóm mức độ hài lòng",
    ),
    AgencyFact(
        "procedures_published_on_time",
        "Thủ tục công bố đúng hạn",
        "Procedures published on time",
        f"{_QD766}, nhóm công khai, minh bạch",
    ),
)

AGENCY_FACT_NAMES = tuple(fact.name for fact in AGENCY_FACTS)
