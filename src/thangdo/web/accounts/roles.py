"""The roles: one row each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """A role; `is_of_unit` roles are held at a unit and reach the units below it, the others everywhere."""

    code: str
    name_vi: str
    name_en: str
    is_of_unit: bool = False


ROLES = (
    Role("administrator", "quản trị hệ thống", "system administrator"),
    Role("manager", "quản lý đợt đánh giá", "round manager"),
    Role("officer", "cán bộ đầu mối", "unit officer", is_of_unit=True),
    Role("leader", "lãnh đạo đơn vị", "unit leader", is_of_unit=True),
    Role("appraiser", "thẩm định viên", "appraiser"),
    Role("lead_appraiser", "trưởng nhóm thẩm định", "lead appraiser"),
    Role("council", "thành viên hội đồng", "council member"),
    Role("secretary", "thư ký", "secretary"),
    Role("auditor", "kiểm toán viên", "auditor"),
    Role("public", "công chúng", "public"),
)
BY_CODE = {role.code: role for role in ROLES}


def role_name(code: str, language: str) -> str:
    role = BY_CODE[code]
    return role.name_en if language == "en" else role.name_vi
