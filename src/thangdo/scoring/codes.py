"""Findings of this room: inputs a rule cannot be computed for."""

from __future__ import annotations

from thangdo.findings import Code, CodeTable

CODES = CodeTable(
    (
        Code(
            "SCO011",
            "error",
            "Điểm {found} vượt điểm tối đa {expected}",
            "The points {found} are above the maximum {expected}",
            "Sửa điểm, hoặc dùng tiêu chí điểm thưởng",
            "Mend the points, or use a bonus criterion",
        ),
        Code(
            "SCO012",
            "error",
            "Thiếu số liệu “{found}” của tiêu chí",
            "The input “{found}” of the criterion is missing",
            "Nhập đủ các số liệu của cách tính trong cùng một lớp điểm",
            "Give every input of the rule in one layer",
        ),
        Code(
            "SCO013",
            "error",
            "Mẫu số bằng 0: {found}",
            "Division by zero: {found}",
            "Nhập tổng số khác 0, hoặc đánh dấu “không áp dụng”",
            "Give a total other than 0, or mark it not applicable",
        ),
        Code(
            "SCO014",
            "error",
            "Số liệu âm: {found}",
            "Negative input: {found}",
            "Nhập số không âm",
            "Give a number of 0 or more",
        ),
        Code(
            "SCO015",
            "error",
            "Công thức không tính được: {found}",
            "The formula cannot be computed: {found}",
            "Kiểm tra số liệu nhập",
            "Check the inputs",
        ),
    )
)
