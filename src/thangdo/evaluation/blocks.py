"""Blocks and indices by the names officials use; rows, so that a new one is one row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BlockName:
    """A block: its code, its name, and how its members are counted in a sentence."""

    code: str
    name_vi: str
    name_en: str
    members_vi: str
    members_en: str


BLOCKS = (
    BlockName("so_nganh", "Khối sở, ban, ngành", "Departments and boards", "sở, ban, ngành", "departments and boards"),
    BlockName("dia_phuong", "Khối địa phương", "Localities", "địa phương", "localities"),
    BlockName("nganh_doc", "Khối cơ quan ngành dọc", "Vertical agencies", "cơ quan ngành dọc", "vertical agencies"),
    BlockName("tinh", "Các tỉnh, thành phố", "Provinces and cities", "tỉnh, thành phố", "provinces and cities"),
    BlockName(
        "phuong_xa", "Khối phường, xã, đặc khu", "Wards and communes", "phường, xã, đặc khu", "wards and communes"
    ),
    BlockName("bo", "Các bộ, cơ quan ngang bộ", "Ministries", "bộ, cơ quan ngang bộ", "ministries"),
)
_BY_CODE = {row.code: row for row in BLOCKS}


@dataclass(frozen=True, slots=True)
class IndexName:
    """An index: its code, its full name, its short name."""

    code: str
    name_vi: str
    name_en: str
    short_vi: str
    short_en: str


INDICES = (
    IndexName("par", "Chỉ số cải cách hành chính", "Public administration reform index", "PAR INDEX", "PAR index"),
    IndexName("dti", "Chỉ số chuyển đổi số", "Digital transformation index", "DTI", "DTI"),
    IndexName("sipas", "Chỉ số hài lòng", "Satisfaction index", "SIPAS", "SIPAS"),
    IndexName(
        "ddci",
        "Chỉ số năng lực cạnh tranh cấp sở, ngành và địa phương",
        "Department and district competitiveness index",
        "DDCI",
        "DDCI",
    ),
    IndexName("pci", "Chỉ số năng lực cạnh tranh cấp tỉnh", "Provincial competitiveness index", "PCI", "PCI"),
    IndexName(
        "tt01",
        "Chín chỉ số theo Thông tư 01/2018",
        "Nine indicators of Circular 01/2018",
        "TT 01/2018",
        "Circular 01/2018",
    ),
    IndexName(
        "qd766",
        "Bộ chỉ số phục vụ người dân, doanh nghiệp",
        "Service index for people and businesses",
        "QĐ 766",
        "Decision 766",
    ),
)
_INDEX = {row.code: row for row in INDICES}


def block_name(code: str, language: str) -> str:
    """The block's name; an unknown block is its code."""
    row = _BY_CODE.get(code)
    if row is None:
        return code
    return row.name_vi if language == "vi" else row.name_en


def block_members(code: str, language: str) -> str:
    """What the members of a block are called in a sentence."""
    row = _BY_CODE.get(code)
    if row is None:
        return "đơn vị" if language == "vi" else "units"
    return row.members_vi if language == "vi" else row.members_en


def index_name(code: str, language: str) -> str:
    """The index's full name; an unknown index is its code."""
    row = _INDEX.get(code)
    if row is None:
        return code
    return row.name_vi if language == "vi" else row.name_en


def index_short(code: str, language: str) -> str:
    """The index's short name."""
    row = _INDEX.get(code)
    if row is None:
        return code
    return row.short_vi if language == "vi" else row.short_en
