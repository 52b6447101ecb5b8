"""What the blocks of units are called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    code: str
    name_vi: str
    name_en: str


BLOCKS = (
    Block("so_nganh", "Khối sở, ban, ngành", "City departments"),
    Block("dia_phuong", "Khối địa phương", "Districts"),
    Block("nganh_doc", "Khối ngành dọc", "Vertical agencies"),
    Block("tinh", "Khối tỉnh, thành phố", "Provinces"),
    Block("phuong_xa", "Khối phường, xã", "Wards and communes"),
)
_BY_CODE = {block.code: block for block in BLOCKS}


def block_name(code: str, language: str) -> str:
    """The block's name; a code that has no row is shown as it is."""
    row = _BY_CODE.get(code)
    if row is None:
        return code
    return row.name_en if language == "en" else row.name_vi
