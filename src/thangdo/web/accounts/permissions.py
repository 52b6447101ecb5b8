"""The permission table: acts × roles × scopes, and the three questions it answers.

May this person do it here? Which rows may they see? Who may do this? All three read the same rows, so a list
never shows what its page refuses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from django.db.models import Q

Scope = Literal["everyone", "everywhere", "own_unit", "assigned"]


@dataclass(frozen=True, slots=True)
class Act:
    """Something a page or command does. `phases` are those it is open in (none: any time).

    `allowed` says which role may do it, and within which scope: `everyone` (signed in or not), `everywhere`,
    `own_unit` (the grant's unit and those below), `assigned` (the grant's criteria, never the own unit's).
    """

    code: str
    name_vi: str
    name_en: str
    allowed: tuple[tuple[str, Scope], ...]
    phases: tuple[str, ...] = ()

    def scope(self, role: str) -> Scope | None:
        return next((scope for allowed, scope in self.allowed if allowed == role), None)


PUBLIC: tuple[tuple[str, Scope], ...] = (("public", "everyone"),)
STAFF_ROLES = (
    "administrator",
    "manager",
    "officer",
    "leader",
    "appraiser",
    "lead_appraiser",
    "council",
    "secretary",
    "auditor",
)
STAFF: tuple[tuple[str, Scope], ...] = tuple((role, "everywhere") for role in STAFF_ROLES)
READERS: tuple[tuple[str, Scope], ...] = (
    ("manager", "everywhere"),
    ("lead_appraiser", "everywhere"),
    ("council", "everywhere"),
    ("secretary", "everywhere"),
    ("auditor", "everywhere"),
    ("appraiser", "assigned"),
)
OWN: tuple[tuple[str, Scope], ...] = (("officer", "own_unit"), ("leader", "own_unit"))
MANAGER: tuple[tuple[str, Scope], ...] = (("manager", "everywhere"),)
OFFICER: tuple[tuple[str, Scope], ...] = (("officer", "own_unit"),)
LEADER: tuple[tuple[str, Scope], ...] = (("leader", "own_unit"),)
APPRAISERS: tuple[tuple[str, Scope], ...] = (("appraiser", "assigned"), ("lead_appraiser", "assigned"))
LEAD: tuple[tuple[str, Scope], ...] = (("lead_appraiser", "assigned"),)
OVERSIGHT: tuple[tuple[str, Scope], ...] = (
    ("administrator", "everywhere"),
    ("manager", "everywhere"),
    ("auditor", "everywhere"),
)

ACTS = (
    # Seeing
    Act("read_public", "xem trang công khai", "read public pages", PUBLIC),
    Act("sign_in", "đăng nhập", "sign in", PUBLIC),
    Act("own_account", "tài khoản của mình", "own account", STAFF),
    Act("see_work", "xem việc của mình", "see own work", STAFF),
    Act("see_registry", "xem danh mục đơn vị", "see the register of units", STAFF),
    Act("see_rounds", "xem các đợt", "see rounds", STAFF),
    Act("see_submission", "xem hồ sơ tự chấm", "see a submission", (*OWN, *READERS)),
    Act("see_matrix", "xem bảng thẩm định", "see the appraisal matrix", READERS),
    Act("see_appeals", "xem sổ kiến nghị", "see the register of appeals", (*OWN, *READERS)),
    Act(
        "see_council",
        "xem việc của hội đồng",
        "see the council's work",
        tuple(r for r in READERS if r[0] != "appraiser"),
    ),
    Act("see_results", "xem kết quả tính", "see computed results", tuple(r for r in READERS if r[0] != "appraiser")),
    Act("see_people", "xem người dùng", "see people", OVERSIGHT),
    Act("see_ledger", "xem nhật ký", "see the ledger", OVERSIGHT),
    # Registry
    Act("manage_units", "sửa danh mục đơn vị", "change the register", (("administrator", "everywhere"),)),
    Act("manage_people", "sửa người dùng và vai trò", "change people and roles", (("administrator", "everywhere"),)),
    Act("delegate", "ủy quyền", "delegate", LEADER),
    # Prepare
    Act("open_round", "tạo đợt", "create a round", MANAGER),
    Act("issue_set", "ban hành bộ tiêu chí", "issue a criteria set", MANAGER, ("prepare",)),
    Act("choose_units", "chọn đơn vị tham gia", "choose the units", MANAGER, ("prepare",)),
    Act("assign", "phân công thẩm định", "assign appraisers", MANAGER, ("prepare", "self_score", "appraise")),
    Act("set_deadlines", "đặt thời hạn", "set deadlines", MANAGER),
    Act("extend", "gia hạn", "extend a deadline", MANAGER, ("self_score", "appraise", "explain")),
    Act("advance", "chuyển giai đoạn", "move to the next phase", MANAGER),
    Act("reopen", "mở lại giai đoạn", "re-open a phase", MANAGER),
    # Self-score
    Act("save_mark", "tự chấm điểm", "self-score", OFFICER, ("self_score", "appraise")),
    Act("copy_submission", "chép bản tự chấm năm trước", "copy last year's submission", OFFICER, ("self_score",)),
    Act("submit", "trình lãnh đạo", "submit to the leader", OFFICER, ("self_score", "appraise")),
    Act("recall", "rút lại bản đã trình", "recall a submission", OFFICER, ("self_score", "appraise")),
    Act("approve_submission", "duyệt và nộp", "approve the submission", LEADER, ("self_score", "appraise")),
    Act("attach_evidence", "thêm minh chứng", "attach evidence", OFFICER, ("self_score", "appraise", "explain")),
    Act("see_evidence", "xem minh chứng", "see evidence", (*OWN, *READERS)),
    # Appraise
    Act("appraise", "thẩm định", "appraise", APPRAISERS, ("appraise", "explain")),
    Act("adjudicate", "phân xử hai thẩm định viên", "adjudicate", LEAD, ("appraise",)),
    Act("draw_sample", "rút mẫu thẩm định kép", "draw the double-appraisal sample", LEAD, ("appraise",)),
    Act("ask_explanation", "yêu cầu giải trình", "ask for an explanation", APPRAISERS, ("appraise", "explain")),
    Act("send_back", "trả lại bản tự chấm", "send back a submission", LEAD, ("self_score", "appraise")),
    # Explain and appeal
    Act("explain", "giải trình", "explain", OFFICER, ("appraise", "explain")),
    Act("appeal", "kiến nghị", "appeal", OWN, ("explain",)),
    Act("decide_appeal", "giải quyết kiến nghị", "decide an appeal", LEAD, ("explain",)),
    # Council
    Act(
        "prepare_council",
        "chuẩn bị chương trình họp",
        "prepare the agenda",
        (("secretary", "everywhere"),),
        ("council",),
    ),
    Act(
        "set_quorum",
        "đặt số phiếu tối thiểu của hội đồng",
        "set the council's quorum",
        MANAGER,
        ("prepare", "self_score", "appraise", "explain", "council"),
    ),
    Act("vote", "biểu quyết", "vote", (("council", "everywhere"),), ("council",)),
    # Approve and close
    Act("approve_results", "phê duyệt kết quả", "approve the results", MANAGER, ("approve",)),
    Act("export_round", "xuất thư mục đợt", "export the round folder", (*MANAGER, ("auditor", "everywhere"))),
)
BY_CODE = {act.code: act for act in ACTS}


@dataclass(frozen=True, slots=True)
class Held:
    """A grant as a value; blank means everywhere."""

    role: str
    unit: str = ""
    round: str = ""
    index: str = ""
    criterion: str = ""
    phases: tuple[str, ...] = ()
    on_behalf_of_id: int | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who asks: a person with what they hold, or nobody (`person_id` None, no grants).

    A holder is made for one request: `ways` are the units above those asked about in it, each read once.
    """

    person_id: int | None = None
    own_unit: str = ""
    held: tuple[Held, ...] = ()
    ways: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.held) | {"public"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an act happens; blank where it does not apply.

    `part` is the part's slug where a round has several sets for one index (a grant may name it as its index).
    `units_above` are the unit's parents, `nodes_above` the criterion's parents in its set, nearest first.
    """

    round: str = ""
    index: str = ""
    unit: str = ""
    criterion: str = ""
    phase: str = ""
    units_above: tuple[str, ...] = ()
    nodes_above: tuple[str, ...] = ()
    part: str = ""


def granting(holder: Holder, act: Act, place: Place) -> Held | None:
    """The grant that lets `holder` do `act` at `place`; None where there is none.

    A public act is granted by an empty grant of the role `public`.
    """
    if act.phases and place.phase and place.phase not in act.phases:
        return None
    if act.scope("public") is not None:
        return Held("public")
    return next((grant for grant in holder.held if _reaches(grant, holder, act, place)), None)


def may(holder: Holder, act: Act, place: Place = Place()) -> bool:
    """May this person do it here?"""
    return granting(holder, act, place) is not None


def _reaches(grant: Held, holder: Holder, act: Act, place: Place) -> bool:
    scope = act.scope(grant.role)
    if scope is None:
        return False
    if (grant.round and place.round and grant.round != place.round) or (
        grant.index and place.index and grant.index not in (place.index, place.part)
    ):
        return False
    if grant.phases and place.phase and place.phase not in grant.phases:
        return False
    if scope == "own_unit":
        # A role of a unit reaches that unit and below; a grant without unit reaches none.
        return bool(grant.unit) and (not place.unit or grant.unit in (place.unit, *place.units_above))
    if scope == "assigned":
        if place.unit and holder.own_unit and holder.own_unit in (place.unit, *place.units_above):
            return False
        if grant.unit and place.unit and grant.unit not in (place.unit, *place.units_above):
            return False
        return not (
            grant.criterion and place.criterion and grant.criterion not in (place.criterion, *place.nodes_above)
        )
    return True


def visible_rows(
    holder: Holder,
    act: Act,
    place: Place,
    *,
    below: dict[str, tuple[str, ...]],
    leaves: dict[str, tuple[str, ...]],
    unit_column: str = "unit",
    criterion_column: str = "",
) -> Q:
    """Which rows may they see? A condition over a table with a unit column and perhaps a criterion column.

    `below` maps a unit's code to itself and all units below, `leaves` a node's code to the leaves below it.
    Without any reaching grant the condition matches nothing.
    """
    nothing = Q(pk__in=[])
    condition = nothing
    for grant in holder.held:
        if not _reaches(grant, holder, act, Place(place.round, place.index, phase=place.phase)):
            continue
        scope = act.scope(grant.role)
        here = ~nothing
        if grant.unit and scope in {"own_unit", "assigned"}:
            here &= Q(**{f"{unit_column}__in": below.get(grant.unit, (grant.unit,))})
        if scope == "assigned":
            if holder.own_unit:
                here &= ~Q(**{f"{unit_column}__in": below.get(holder.own_unit, (holder.own_unit,))})
            if grant.criterion and criterion_column:
                here &= Q(**{f"{criterion_column}__in": leaves.get(grant.criterion, (grant.criterion,))})
        condition |= here
    return condition


def who_may(holders: Iterable[Holder], act: Act, place: Place) -> list[int]:
    """Who may do this? The ids of those among `holders` whom the table lets do `act` at `place`."""
    return [holder.person_id for holder in holders if holder.person_id is not None and may(holder, act, place)]
