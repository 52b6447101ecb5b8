"""The workbook form of a criteria set: sheets and columns, as the annex of a decision is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

ColumnKind = Literal["text", "code", "number", "level", "word", "list", "rule", "parameters"]

CRITERIA_SHEET = "Bộ tiêu chí"
SETTINGS_SHEET = "Thông tin chung"
GUIDE_SHEET = "Hướng dẫn"
SETTINGS_HEADER = ("Mục", "Giá trị", "Ý nghĩa")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the criteria sheet: its header, the place of its value in a node's data, how to read it."""

    header: str
    path: tuple[str, ...]
    kind: ColumnKind
    width: int
    is_required: bool = False
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    aliases: tuple[str, ...] = ()


ROLES = MappingProxyType({"thường": "normal", "điểm thưởng": "bonus", "điểm trừ": "penalty"})
AGGREGATIONS = MappingProxyType(
    {
        "cộng điểm": "sum",
        "trung bình có trọng số": "weighted_mean",
        "trung bình nhân": "geometric_mean",
        "tối thiểu": "minimum",
    }
)
SOURCES = MappingProxyType({"chính thức": "official", "dựng lại": "reconstructed", "minh họa": "illustrative"})

COLUMNS = (
    Column("TT", (), "text", 6),
    Column("Cấp", ("level",), "level", 6, True),
    Column("Mã", ("code",), "code", 10, True, aliases=("Mã tiêu chí",)),
    Column("Nội dung tiêu chí", ("text", "vi"), "text", 48, True, aliases=("Tiêu chí", "Nội dung")),
    Column("Tiếng Anh", ("text", "en"), "text", 32),
    Column("Điểm tối đa", ("maximum",), "number", 10),
    Column("Trọng số", ("weight",), "number", 10),
    Column("Cách tính điểm", ("rule", "kind"), "rule", 20),
    Column("Tham số cách tính", ("rule",), "parameters", 36),
    Column("Tài liệu kiểm chứng", ("evidence", "vi"), "text", 32, aliases=("Minh chứng",)),
    Column("Tài liệu kiểm chứng (tiếng Anh)", ("evidence", "en"), "text", 20),
    Column("Hướng dẫn", ("guidance", "vi"), "text", 24),
    Column("Hướng dẫn (tiếng Anh)", ("guidance", "en"), "text", 16),
    Column("Cơ quan thẩm định", ("appraiser",), "text", 16),
    Column("Vai trò", ("role",), "word", 12, words=ROLES),
    Column("Cách gộp", ("aggregation",), "word", 18, words=AGGREGATIONS),
    Column("Không vượt quá", ("cap",), "number", 12),
    Column("Không thấp hơn", ("floor",), "number", 12),
    Column("Áp dụng cho khối", ("applies", "blocks"), "list", 16),
    Column("Áp dụng cho đơn vị", ("applies", "units"), "list", 16),
    Column("Trừ đơn vị", ("applies", "except_units"), "list", 14),
    Column("Nguồn", ("source",), "word", 12, words=SOURCES),
    Column("Ghi chú nguồn", ("source_note",), "text", 24),
)
