"""What can be wrong with a pipeline and its run."""

from __future__ import annotations

from thangdo.findings import Code

CORE_CODES = (
    Code(
        "COM001",
        "error",
        "Không đọc được tệp quy trình: {found}",
        "The pipeline file cannot be read: {found}",
        "Viết danh sách các bước, mỗi bước một dòng “- {{step: …}}”",
        "Write a list of steps, each a line “- {{step: …}}”",
    ),
    Code(
        "COM002",
        "error",
        "Không có bước hoặc phương pháp “{found}”",
        "There is no step or method “{found}”",
        "Dùng một trong: {expected}",
        "Use one of: {expected}",
    ),
    Code(
        "COM003",
        "error",
        "Bước này không có khóa “{found}”",
        "This step has no key “{found}”",
        "Các khóa được dùng: {expected}",
        "Its keys: {expected}",
    ),
    Code(
        "COM004",
        "error",
        "Không thực hiện được bước “{found}”: {expected}",
        "The step “{found}” cannot be done: {expected}",
        "Xem lại chỉ tiêu và tham số nêu ở vị trí này",
        "Check the indicator and the parameters named here",
    ),
    Code(
        "COM005",
        "error",
        "Trung bình “{expected}” cần giá trị dương; không dương: {found}",
        "The mean “{expected}” needs positive values; not positive: {found}",
        "Chuẩn hóa về khoảng lớn hơn 0, hoặc dùng trung bình cộng",
        "Normalise to a range above 0, or use the arithmetic mean",
    ),
    Code(
        "COM006",
        "error",
        "Trọng số cho mã không có: “{found}”",
        "A weight for the unknown code “{found}”",
        "Dùng mã trong iMeta: {expected} …",
        "Use codes of iMeta: {expected} …",
    ),
)
