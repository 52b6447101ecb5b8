"""Every command: name, the module that holds it (loaded on call), its one line in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A row: `module` under `thangdo.cli`, its attribute `command` is the click command or group."""

    name: str
    module: str
    summary_vi: str
    summary_en: str


COMMANDS = (
    Command(
        "evaluate",
        "evaluate",
        "Tính điểm, xếp hạng, xếp loại một đợt đánh giá",
        "Compute points, ranks and classes of a round",
    ),
    Command("explain", "explain", "Giải thích vì sao có một con số", "Explain why a number is what it is"),
    Command(
        "lint",
        "lint",
        "Nêu mọi lỗi của bộ tiêu chí, đợt đánh giá, bảng công bố",
        "Find everything wrong in sets, rounds, published tables",
    ),
    Command("diff", "diff", "So sánh hai bộ tiêu chí", "Compare two editions of a criteria set"),
    Command(
        "whatif",
        "whatif",
        "Thử đổi trọng số, điểm tối đa, cách tính hoặc điểm chấm",
        "Try a change of weight, maximum, rule or mark",
    ),
    Command(
        "backtest",
        "backtest",
        "Chấm lại các đợt cũ theo bộ tiêu chí dự thảo",
        "Evaluate earlier rounds under a draft set",
    ),
    Command("import-xlsx", "workbook", "Đọc bộ tiêu chí từ tệp Excel", "Read a criteria set from an Excel workbook"),
    Command(
        "export-xlsx", "workbook_export", "Xuất bộ tiêu chí ra tệp Excel", "Write a criteria set to an Excel workbook"
    ),
    Command("demo", "demo", "Dựng thành phố minh họa và trang công bố", "Build the demo city and its publication"),
    Command(
        "composite",
        "composite",
        "Chỉ số tổng hợp: dựng, bất định, kiểm toán",
        "Composite indices: build, uncertainty, audit",
    ),
    Command(
        "dossiers",
        "dossiers",
        "Hồ sơ thủ tục hành chính: nạp, đồng hồ pháp lý, báo cáo",
        "Dossiers: ingest, legal clock, report",
    ),
    Command(
        "survey",
        "survey",
        "Khảo sát: chọn mẫu, gia quyền, ước lượng, báo cáo",
        "Surveys: draw, weigh, estimate, report",
    ),
    Command("serve", "serve", "Chạy nền tảng trên một máy chủ", "Run the platform on one machine"),
    Command(
        "administrator",
        "administrator",
        "Tạo quản trị hệ thống đầu tiên, hoặc cấp lại mật khẩu",
        "Make the first system administrator, or renew a password",
    ),
    Command("work", "work", "Làm các việc nền của nền tảng", "Do the platform's background work"),
    Command("check", "check", "Nêu các thiết lập không an toàn", "List unsafe settings"),
    Command("backup", "backup", "Sao lưu cơ sở dữ liệu và minh chứng", "Back up the database and evidence"),
    Command("restore", "restore", "Khôi phục từ bản sao lưu", "Restore from a backup"),
)
