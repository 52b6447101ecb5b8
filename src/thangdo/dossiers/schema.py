"""What a dossier store holds: one frozen row a table, one a column.

Readers, checks, the store's files, the generator and the reference page are all made from these rows.
Times are wall-clock times of Asia/Ho_Chi_Minh (UTC+7, no summer time) and are stored without an offset;
a stamp that arrives with an offset is converted at the door. A date without a time is stored as 00:00:00.
Form 06/VPCP/KSTT and the indicators of Thông tư 01/2018/TT-VPCP and Quyết định 766/QĐ-TTg decide which
columns there are; nothing about a person is among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from thangdo.dossiers.schema_facts import AGENCY_FACT_NAMES

Kind = Literal["code", "text", "word", "moment", "day", "yes_no", "count", "number", "json", "bits"]

DUCK_TYPES: dict[Kind, str] = {
    "code": "VARCHAR",
    "text": "VARCHAR",
    "word": "VARCHAR",
    "moment": "TIMESTAMP",
    "day": "DATE",
    "yes_no": "BOOLEAN",
    "count": "INTEGER",
    "number": "DOUBLE",
    "json": "VARCHAR",
    "bits": "INTEGER",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what its cells are, whether a cell may be blank, and other names seen in exports.

    `words` are the allowed values of a `word`, `said` what officials write for some of them: pairs of such a text (in
    small letters) and the word. `least` bounds counts and numbers from below.
    """

    name: str
    kind: Kind
    name_vi: str
    name_en: str
    required: bool = False
    words: tuple[str, ...] = ()
    least: float | None = None
    aliases: tuple[str, ...] = ()
    said: tuple[tuple[str, str], ...] = ()

    @property
    def duck_type(self) -> str:
        return DUCK_TYPES[self.kind]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns, its key, and what tells its exports from others.

    `month_of` names the stamp whose month is the partition (blank: one file). `stamps` are the columns whose
    newest value is the batch's as-of when none is given. `marks` are the columns whose presence together
    tells a header to be this table's. A `catalogue` is small, is replaced key by key, and has no months.
    `has_derived`: current files also hold the columns of `derived.STORED`.
    """

    name: str
    name_vi: str
    name_en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    marks: tuple[str, ...]
    month_of: str = ""
    stamps: tuple[str, ...] = ()
    catalogue: bool = False
    has_derived: bool = False

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    @property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def stored_columns(self) -> tuple[Column, ...]:
        """The table's columns and those the store adds to every row."""
        return self.columns + ADDED_COLUMNS


CHANNELS = ("online", "counter", "postal")
OUTCOMES = ("granted", "refused", "returned", "withdrawn", "open")
EVENT_KINDS = (
    "supplement_requested",
    "supplement_received",
    "transferred",
    "extended",
    "apology_sent",
    "suspended",
    "resumed",
)
SERVICES = ("full", "partial", "information", "none")
DAY_KINDS = ("holiday", "working", "hours")

# What the exports of one-stop systems and form 06/VPCP/KSTT call them. Only texts of one plain meaning stand here:
# "Đã tiếp nhận" or "Chờ trả kết quả" leave open whether the dossier is finished. The first of a word is shown to people.
CHANNELS_SAID = (
    ("trực tuyến", "online"),
    ("nộp trực tuyến", "online"),
    ("qua mạng", "online"),
    ("trực tiếp", "counter"),
    ("nộp trực tiếp", "counter"),
    ("bưu chính công ích", "postal"),
    ("bưu chính", "postal"),
    ("dịch vụ bưu chính", "postal"),
    ("dịch vụ bưu chính công ích", "postal"),
    ("qua bưu chính", "postal"),
    ("qua dịch vụ bưu chính", "postal"),
    ("qua dịch vụ bưu chính công ích", "postal"),
)
OUTCOMES_SAID = (
    ("đã trả kết quả", "granted"),
    ("đã giải quyết", "granted"),
    ("đã hoàn thành", "granted"),
    ("từ chối", "refused"),
    ("từ chối giải quyết", "refused"),
    ("trả lại hồ sơ", "returned"),
    ("trả lại", "returned"),
    ("rút hồ sơ", "withdrawn"),
    ("đã rút", "withdrawn"),
    ("đang giải quyết", "open"),
    ("đang xử lý", "open"),
    ("chưa giải quyết", "open"),
)
EVENT_KINDS_SAID = (
    ("yêu cầu bổ sung", "supplement_requested"),
    ("đã bổ sung", "supplement_received"),
    ("chuyển xử lý", "transferred"),
    ("gia hạn", "extended"),
    ("xin lỗi", "apology_sent"),
    ("tạm dừng", "suspended"),
    ("tiếp tục", "resumed"),
)
SERVICES_SAID = (
    ("toàn trình", "full"),
    ("một phần", "partial"),
    ("cung cấp thông tin", "information"),
    ("không cung cấp", "none"),
)
DAY_KINDS_SAID = (("nghỉ", "holiday"), ("nghỉ lễ", "holiday"), ("làm bù", "working"), ("giờ làm việc", "hours"))

# Added by the store to every row of every table.
ADDED_COLUMNS = (
    Column("extra", "json", "Cột khai báo giữ lại", "Other columns declared with --keep, as JSON"),
    Column("flags", "bits", "Cờ cần xem", "What looks odd but was accepted: a sum of the FLAGS bits"),
    Column("source_row", "count", "Dòng trong tệp gốc", "Row in the source file, its first = 1"),
)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something odd about an accepted row: a bit of the column `flags`, and the finding that counts it."""

    bit: int
    name: str
    code: str


FLAGS = (
    Flag(1, "malformed_code", "DOS101"),
    Flag(2, "night_stamp", "DOS102"),
    Flag(4, "weekend_stamp", "DOS103"),
    Flag(8, "outcome_and_finish_disagree", "DOS104"),
    Flag(16, "apology_before_receipt", "DOS105"),
    Flag(32, "more_digital_than_components", "DOS106"),
    Flag(64, "redated_before_due", "DOS107"),
    Flag(128, "no_outcome", "DOS108"),
)

# Columns by which tables name the same thing.
_DOSSIER_CODE = Column(
    "dossier_code", "code", "Mã hồ sơ", "Dossier code", required=True, aliases=("mã số hồ sơ", "số hồ sơ")
)
_PROCEDURE_CODE = Column(
    "procedure_code", "code", "Mã thủ tục", "Procedure", required=True, aliases=("mã tthc", "mã thủ tục hành chính")
)

DOSSIERS = Table(
    name="dossiers",
    name_vi="Hồ sơ thủ tục hành chính",
    name_en="Dossiers",
    columns=(
        _DOSSIER_CODE,
        Column("unit_code", "code", "Mã đơn vị", "Unit", required=True, aliases=("unit", "mã cơ quan")),
        _PROCEDURE_CODE,
        Column(
            "channel",
            "word",
            "Kênh tiếp nhận",
            "Channel",
            required=True,
            words=CHANNELS,
            said=CHANNELS_SAID,
            aliases=("hình thức tiếp nhận", "hình thức nộp"),
        ),
        Column(
            "received_at",
            "moment",
            "Ngày tiếp nhận",
            "Received",
            required=True,
            aliases=("ngày nhận", "ngày nhận hồ sơ", "ngày tiếp nhận hồ sơ"),
        ),
        Column(
            "due_at",
            "moment",
            "Ngày hẹn trả",
            "Due",
            required=True,
            aliases=("hạn trả", "hạn xử lý", "ngày hẹn trả kết quả", "hạn trả kết quả", "hạn giải quyết"),
        ),
        Column("re_due_at", "moment", "Ngày hẹn lại", "Re-promised due date"),
        Column(
            "finished_at",
            "moment",
            "Ngày kết thúc",
            "Finished",
            aliases=("ngày trả", "ngày hoàn thành", "ngày trả kết quả"),
        ),
        Column("outcome", "word", "Kết quả", "Outcome", words=OUTCOMES, said=OUTCOMES_SAID),
        Column("apology_at", "moment", "Ngày xin lỗi", "Apology sent"),
        Column("fee_paid_online", "yes_no", "Nộp phí trực tuyến", "Fee paid online"),
        Column("result_digital", "yes_no", "Kết quả điện tử", "Digital result"),
        Column("components", "count", "Thành phần hồ sơ", "Components", least=0),
        Column("components_digital", "count", "Thành phần số hóa", "Components digitised", least=0),
        Column("components_reused", "count", "Thành phần tái sử dụng", "Components reused", least=0),
        Column("satisfaction", "number", "Mức hài lòng", "Satisfaction"),
    ),
    key=("dossier_code",),
    marks=("dossier_code", "received_at"),
    month_of="received_at",
    stamps=("received_at", "finished_at", "apology_at"),
    has_derived=True,
)

EVENTS = Table(
    name="events",
    name_vi="Sự kiện của hồ sơ",
    name_en="Events of dossiers",
    columns=(
        _DOSSIER_CODE,
        Column("at", "moment", "Thời điểm", "At", required=True),
        Column("kind", "word", "Loại sự kiện", "Kind", required=True, words=EVENT_KINDS, said=EVENT_KINDS_SAID),
        Column("unit_code", "code", "Mã đơn vị", "Unit", aliases=("unit", "mã cơ quan")),
    ),
    key=("dossier_code", "at", "kind", "unit_code"),
    marks=("dossier_code", "at", "kind"),
    month_of="at",
    stamps=("at",),
    has_derived=True,
)

PROCEDURES = Table(
    name="procedures",
    name_vi="Danh mục thủ tục hành chính",
    name_en="Procedures",
    columns=(
        _PROCEDURE_CODE,
        Column("name", "text", "Tên thủ tục", "Name", aliases=("name_vi",)),
        Column("field_code", "code", "Mã lĩnh vực", "Field", aliases=("field", "lĩnh vực")),
        Column("level", "code", "Cấp giải quyết", "Level", aliases=("cấp",)),
        Column("legal_days", "number", "Thời hạn (ngày làm việc)", "Legal time in working days", least=0),
        Column("legal_hours", "number", "Thời hạn (giờ làm việc)", "Legal time in working hours", least=0),
        Column("service", "word", "Mức dịch vụ công", "Service", words=SERVICES, said=SERVICES_SAID),
    ),
    key=("procedure_code",),
    marks=("procedure_code",),
    catalogue=True,
)

UNITS = Table(
    name="units",
    name_vi="Danh mục đơn vị",
    name_en="Units",
    columns=(
        Column("unit_code", "code", "Mã đơn vị", "Unit", required=True, aliases=("unit", "mã cơ quan")),
        Column("name", "text", "Tên đơn vị", "Name", aliases=("name_vi",)),
        Column("level", "code", "Cấp", "Level: province, district or commune"),
        Column("block", "code", "Khối", "Block"),
        Column("parent", "code", "Đơn vị cấp trên", "Unit above", aliases=("parent_code",)),
        Column("valid_from", "day", "Hiệu lực từ", "Valid from"),
        Column("valid_to", "day", "Hiệu lực đến", "Valid to"),
    ),
    key=("unit_code",),
    marks=("unit_code",),
    catalogue=True,
)

AGENCY_FACTS = Table(
    name="agency_facts",
    name_vi="Số liệu của cơ quan",
    name_en="Facts about agencies that no dossier holds",
    columns=(
        Column("unit_code", "code", "Mã đơn vị", "Unit", required=True, aliases=("unit", "mã cơ quan")),
        Column("period_from", "day", "Từ ngày", "First day of the period", required=True),
        Column("period_to", "day", "Đến ngày", "Last day of the period", required=True),
        Column(
            "fact",
            "word",
            "Chỉ tiêu",
            "Fact: a name of schema_facts.AGENCY_FACT_NAMES",
            required=True,
            words=AGENCY_FACT_NAMES,
        ),
        Column("value", "number", "Giá trị", "Value", required=True),
    ),
    key=("unit_code", "period_from", "period_to", "fact"),
    marks=("unit_code", "fact", "value"),
    catalogue=True,
)

CALENDAR = Table(
    name="calendar",
    name_vi="Lịch làm việc",
    name_en="Calendar",
    columns=(
        Column(
            "day", "day", "Ngày", "Day; for `hours` the first day they hold", required=True, aliases=("date", "ngày")
        ),
        Column(
            "kind",
            "word",
            "Loại ngày",
            "holiday, working (a make-up day) or hours",
            required=True,
            words=DAY_KINDS,
            said=DAY_KINDS_SAID,
        ),
        Column("unit_code", "code", "Mã đơn vị", "Unit; blank = the whole city", aliases=("unit",)),
        Column("opens", "text", "Giờ mở cửa sáng", "Morning opens, HH:MM"),
        Column("noon_closes", "text", "Giờ nghỉ trưa", "Morning closes, HH:MM"),
        Column("noon_opens", "text", "Giờ làm chiều", "Afternoon opens, HH:MM"),
        Column("closes", "text", "Giờ đóng cửa", "Afternoon closes, HH:MM"),
        Column("name", "text", "Tên ngày", "Name"),
        Column("source", "text", "Nguồn", "Text that set it"),
    ),
    key=("day", "kind", "unit_code"),
    marks=("day", "kind"),
    catalogue=True,
)

# In the order in which a header is tried; the last two need but one column.
TABLES = (DOSSIERS, EVENTS, AGENCY_FACTS, CALENDAR, PROCEDURES, UNITS)
BY_NAME = {table.name: table for table in TABLES}
