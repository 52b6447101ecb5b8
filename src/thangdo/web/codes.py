"""What `thangdo check` and the platform's imports may find, one row each."""

from __future__ import annotations

from thangdo.findings import Code, CodeTable

CODES = CodeTable(
    (
        Code(
            "WEB001",
            "error",
            "Khóa bí mật thiếu hoặc quá ngắn ({found} ký tự)",
            "The secret key is missing or too short ({found} characters)",
            "Đặt THANGDO_SECRET_KEY hoặc THANGDO_SECRET_KEY_FILE với ít nhất 50 ký tự ngẫu nhiên.",
            "Set THANGDO_SECRET_KEY or THANGDO_SECRET_KEY_FILE to at least 50 random characters.",
        ),
        Code(
            "WEB002",
            "error",
            "Chưa khai báo tên máy chủ, hoặc dùng dấu * ({found})",
            "No host name is given, or a wildcard is used ({found})",
            "Đặt THANGDO_HOSTS bằng đúng tên miền mà người dùng truy cập.",
            "Set THANGDO_HOSTS to the names people use to reach the platform.",
        ),
        Code(
            "WEB003",
            "error",
            "Người dùng không vào qua HTTPS: mật khẩu và phiên làm việc đi dạng rõ",
            "People do not come through HTTPS: passwords and sessions travel in the clear",
            "Đặt nginx có chứng chỉ phía trước và THANGDO_HTTPS=yes.",
            "Put nginx with a certificate in front and set THANGDO_HTTPS=yes.",
        ),
        Code(
            "WEB004",
            "error",
            "Thư mục {found} không có hoặc không ghi được",
            "The folder {found} is missing or cannot be written",
            "Tạo thư mục và giao cho người dùng chạy dịch vụ.",
            "Create the folder and give it to the user that runs the service.",
        ),
        Code(
            "WEB005",
            "error",
            "Thư mục minh chứng nằm trong thư mục công khai {found}",
            "The evidence folder lies inside the published folder {found}",
            "Chuyển THANGDO_EVIDENCE ra ngoài THANGDO_PUBLISHED.",
            "Move THANGDO_EVIDENCE out of THANGDO_PUBLISHED.",
        ),
        Code(
            "WEB006",
            "error",
            "Không nối được cơ sở dữ liệu: {found}",
            "The database cannot be reached: {found}",
            "Xem lại DATABASE_URL và dịch vụ cơ sở dữ liệu.",
            "Check DATABASE_URL and the database service.",
        ),
        Code(
            "WEB007",
            "error",
            "Còn tài khoản minh họa trong cơ sở dữ liệu ({found})",
            "Demo accounts are in the database ({found})",
            "Dùng cơ sở dữ liệu riêng cho vận hành; không dùng lại dữ liệu minh họa.",
            "Use a database of its own for production; never reuse the demo's.",
        ),
        Code(
            "WEB008",
            "error",
            "Bảng {found} thiếu bộ kích hoạt ghi nhật ký",
            "Table {found} lacks its ledger triggers",
            "Chạy lại `thangdo serve --migrate` bằng tài khoản sở hữu các bảng.",
            "Run `thangdo serve --migrate` again as the owner of the tables.",
        ),
        Code(
            "WEB009",
            "warning",
            "Chưa khai báo máy chủ thư: lời nhắc chỉ hiện trên trang",
            "No mail server is given: reminders appear in the page only",
            "Đặt THANGDO_MAIL_URL và THANGDO_MAIL_FROM.",
            "Set THANGDO_MAIL_URL and THANGDO_MAIL_FROM.",
        ),
        Code(
            "WEB010",
            "warning",
            "SQLite phục vụ tốt vài chục người; {found} tiến trình sẽ xếp hàng khi ghi",
            "SQLite serves some dozens of people well; {found} processes queue for every write",
            "Dùng PostgreSQL cho giờ chót của cả thành phố.",
            "Use PostgreSQL for a whole city's deadline hour.",
        ),
        Code(
            "WEB011",
            "error",
            "Cơ sở dữ liệu chưa nâng cấp: {found}",
            "The database is not migrated: {found}",
            "Chạy `thangdo serve --migrate`.",
            "Run `thangdo serve --migrate`.",
        ),
        Code(
            "WEB012",
            "error",
            "Không đọc được thiết lập: {found}",
            "A setting cannot be read: {found}",
            "Sửa tên hoặc giá trị của biến.",
            "Mend the name or value of the variable.",
        ),
    )
)
