"""What can be wrong with estimates and covariances, one row a code."""

from thangdo.findings import Code, CodeTable

CODES = CodeTable(
    (
        Code(
            "INF001",
            "error",
            "Ước lượng của {unit} không phải là số hữu hạn: {found}",
            "The estimate of {unit} is not a finite number: {found}",
            "Bỏ đơn vị này khỏi xếp hạng hoặc bổ sung giá trị còn thiếu.",
            "Leave the unit out of the ranking, or supply the missing value.",
        ),
        Code(
            "INF002",
            "error",
            "Sai số chuẩn hoặc phương sai của {unit} là số âm hoặc không hữu hạn: {found}",
            "The standard error or variance of {unit} is negative or not finite: {found}",
            "Sai số chuẩn phải là số không âm; giá trị chính xác có sai số chuẩn bằng 0.",
            "A standard error is a number not below zero; an exact value has standard error 0.",
        ),
        Code(
            "INF003",
            "error",
            "Kích thước hiệp phương sai {found} không khớp với số ước lượng (cần {expected})",
            "The covariance has shape {found}; the estimates need {expected}",
            "Truyền véc-tơ sai số chuẩn (một số cho mỗi đơn vị) hoặc ma trận vuông cùng thứ tự đơn vị.",
            "Pass a vector of standard errors (one per unit) or a square matrix in the order of the units.",
        ),
        Code(
            "INF004",
            "error",
            "Ma trận hiệp phương sai không đối xứng tại cặp {pair}: {found}",
            "The covariance matrix is not symmetric at the pair {pair}: {found}",
            "Kiểm tra hai phần tử đối xứng của cặp này trong tệp hiệp phương sai.",
            "Check the two mirrored entries of this pair in the covariance file.",
        ),
        Code(
            "INF005",
            "error",
            "Ma trận hiệp phương sai không thể có thật (không nửa xác định dương) tại {unit}: {found}",
            "No data can have this covariance matrix (it is not positive semi-definite), seen at {unit}: {found}",
            "Kiểm tra các hiệp phương sai có lớn hơn tích hai sai số chuẩn hay không.",
            "Look for covariances larger than the product of the two standard errors.",
        ),
        Code(
            "INF006",
            "error",
            "Cần ít nhất hai đơn vị để xếp hạng, hiện có {found}",
            "A ranking needs at least two units; there are {found}",
            "Kiểm tra khối xếp hạng và các đơn vị đã bị loại.",
            "Check the ranking block and the units left out of it.",
        ),
    )
)
