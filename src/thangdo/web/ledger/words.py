"""What people call the ledger's tables, columns and acts: rows of code, Vietnamese, English."""

from __future__ import annotations

TABLES = (
    ("accounts_grant", "vai trò", "role"),
    ("accounts_person", "người dùng", "person"),
    ("accounts_signinattempt", "lần đăng nhập", "attempt to sign in"),
    ("registry_blockmember", "khối của đơn vị", "block of a unit"),
    ("registry_succession", "kế thừa đơn vị", "succession of units"),
    ("registry_unit", "đơn vị", "unit"),
    ("rounds_agendaitem", "nội dung họp hội đồng", "council item"),
    ("rounds_appeal", "kiến nghị", "appeal"),
    ("rounds_attachment", "đính kèm minh chứng", "attachment of evidence"),
    ("rounds_decision", "quyết định", "decision"),
    ("rounds_document", "tài liệu minh chứng", "document"),
    ("rounds_explanation", "yêu cầu giải trình", "question and answer"),
    ("rounds_extension", "gia hạn", "extension"),
    ("rounds_mark", "điểm", "mark"),
    ("rounds_member", "đơn vị tham gia", "unit that takes part"),
    ("rounds_part", "phần của đợt", "part of the round"),
    ("rounds_phasedate", "thời hạn giai đoạn", "dates of a phase"),
    ("rounds_reminder", "nhắc việc", "reminder"),
    ("rounds_round", "đợt", "round"),
    ("rounds_roundtable", "bảng số liệu kèm theo", "table kept with the round"),
    ("rounds_roundunit", "đơn vị trong đợt", "unit in the round"),
    ("rounds_sampleitem", "ô thẩm định kép", "cell drawn for two appraisers"),
    ("rounds_storedfile", "tệp lưu trữ", "stored file"),
    ("rounds_submission", "bản tự chấm", "submission"),
    ("rounds_vote", "phiếu biểu quyết", "vote"),
)

COLUMNS = (
    ("answer", "trả lời", "answer"),
    ("answered_at", "trả lời lúc", "answered at"),
    ("appraiser", "thẩm định viên", "appraiser"),
    ("approved_at", "duyệt lúc", "approved at"),
    ("at", "lúc", "at"),
    ("block", "khối", "block"),
    ("blocks", "khối", "blocks"),
    ("choice", "phiếu", "choice"),
    ("closes_at", "kết thúc", "closes"),
    ("code", "mã", "code"),
    ("criterion", "tiêu chí", "criterion"),
    ("decided_at", "quyết định lúc", "decided at"),
    ("email", "thư điện tử", "e-mail"),
    ("full_name", "họ tên", "full name"),
    ("index", "chỉ số", "index"),
    ("inputs", "câu trả lời", "answer"),
    ("is_active", "đang dùng", "active"),
    ("issued_on", "ngày ban hành", "issued on"),
    ("issuer", "nơi ban hành", "issuer"),
    ("kind", "loại", "kind"),
    ("layer", "bước chấm", "step"),
    ("legal_basis", "văn bản", "legal document"),
    ("level", "cấp", "level"),
    ("login", "tên đăng nhập", "login"),
    ("maximum", "điểm tối đa", "maximum"),
    ("name", "tên", "name"),
    ("name_en", "tên tiếng Anh", "English name"),
    ("name_vi", "tên", "name"),
    ("note", "ghi chú", "note"),
    ("number", "số hiệu", "number"),
    ("on", "ngày", "day"),
    ("on_behalf_of_id", "thay cho", "in place of"),
    ("opens_at", "bắt đầu", "opens"),
    ("outcome", "kết quả giải quyết", "outcome"),
    ("pages", "trang", "pages"),
    ("parent", "đơn vị cấp trên", "parent unit"),
    ("person_id", "người", "person"),
    ("phase", "giai đoạn", "phase"),
    ("phase_since", "ở giai đoạn từ", "in this phase since"),
    ("phases", "giai đoạn", "phases"),
    ("points", "điểm", "points"),
    ("proposal", "điểm đề nghị", "points proposed"),
    ("question", "câu hỏi", "question"),
    ("ranked", "xếp hạng", "ranked"),
    ("reason", "lý do", "reason"),
    ("request", "nội dung kiến nghị", "request"),
    ("results_hash", "mã băm kết quả", "hash of the results"),
    ("role", "vai trò", "role"),
    ("rule", "quy tắc kế thừa", "rule of succession"),
    ("sent_back_criteria", "tiêu chí trả lại", "criteria sent back"),
    ("set_hash", "mã băm bộ tiêu chí", "hash of the criteria set"),
    ("set_name", "bộ tiêu chí", "criteria set"),
    ("set_text", "nội dung bộ tiêu chí", "text of the criteria set"),
    ("sha256", "mã băm tệp", "hash of the file"),
    ("short_en", "tên ngắn tiếng Anh", "short English name"),
    ("short_vi", "tên ngắn", "short name"),
    ("signed_on", "ngày ký", "signed on"),
    ("size", "kích thước", "size"),
    ("state", "trạng thái", "state"),
    ("submitted_at", "trình lúc", "submitted at"),
    ("text", "nội dung", "text"),
    ("title", "tên", "title"),
    ("unit", "đơn vị", "unit"),
    ("unit_id", "đơn vị", "unit"),
    ("valid_from", "hiệu lực từ", "valid from"),
    ("valid_to", "hiệu lực đến", "valid to"),
    ("year", "năm", "year"),
)

# Acts that no row of the permission table names: those of the platform itself.
ACTS = (
    ("add_part", "thêm bộ tiêu chí vào đợt", "added a criteria set to the round"),
    ("appoint_administrator", "tạo quản trị hệ thống", "made a system administrator"),
    ("change_password", "đổi mật khẩu", "changed the password"),
    ("choose_language", "chọn ngôn ngữ", "chose the language"),
    ("dismiss_reminder", "cất lời nhắc", "put a reminder away"),
    ("load_people", "nạp danh sách người dùng", "loaded people"),
    ("load_round", "nạp thư mục đợt", "loaded a round folder"),
    ("load_units", "nạp danh mục đơn vị", "loaded the register"),
    ("mail_reminder", "gửi thư nhắc việc", "mailed a reminder"),
    ("make_demo", "dựng dữ liệu minh họa", "built the demo"),
    ("remind", "nhắc việc", "reminded"),
    ("reorganise", "ghi nhận thay đổi đơn vị", "recorded a change of units"),
    ("renew_access", "cấp mật khẩu mới", "gave a new password"),
    ("set_email", "sửa địa chỉ thư", "set the address for mail"),
    ("sign_in", "đăng nhập", "signed in"),
    ("switch_account", "khóa, mở tài khoản", "closed or opened an account"),
    ("take_role", "thu hồi vai trò", "took a role away"),
)

_TABLES = {code: (vi, en) for code, vi, en in TABLES}
_COLUMNS = {code: (vi, en) for code, vi, en in COLUMNS}
_ACTS = {code: (vi, en) for code, vi, en in ACTS}


def _said(rows: dict[str, tuple[str, str]], code: str, language: str) -> str:
    vi, en = rows.get(code, (code, code))
    return en if language == "en" else vi


def table_name(code: str, language: str) -> str:
    """What a table holds one of; its code where it has no row."""
    return _said(_TABLES, code, language)


def column_name(code: str, language: str) -> str | None:
    """What a column is called; None for bookkeeping that says nothing to a reader."""
    return _said(_COLUMNS, code, language) if code in _COLUMNS else None


def act_name(code: str, language: str) -> str:
    """What an act of the platform itself is called."""
    return _said(_ACTS, code, language)
