"""Findings of the register of units."""

from __future__ import annotations

from thangdo.findings import Code

REGISTER_CODES = (
    Code(
        "EVA501",
        "error",
        "Danh mục đơn vị thiếu cột: {found}",
        "The register of units lacks columns: {found}",
        "Thêm các cột còn thiếu; đủ bộ cột là {expected}.",
        "Add the missing columns; the full list is {expected}.",
    ),
    Code(
        "EVA502",
        "error",
        "Mã đơn vị bị bỏ trống hoặc trùng: “{found}”",
        "A unit code is blank or used twice: “{found}”",
        "Mỗi đơn vị có đúng một mã, không dùng lại mã của đơn vị khác.",
        "Give every unit one code of its own.",
    ),
    Code(
        "EVA503",
        "error",
        "Ngày “{found}” không đọc được",
        "The day “{found}” cannot be read",
        "Ghi ngày theo dạng {expected}, hoặc để trống nếu không rõ.",
        "Write the day as {expected}, or leave it blank if it is not known.",
    ),
    Code(
        "EVA504",
        "error",
        "Cấp “{found}” không có trong danh sách cấp",
        "The level “{found}” is not one of the levels",
        "Dùng một trong các cấp: {expected}.",
        "Use one of: {expected}.",
    ),
    Code(
        "EVA505",
        "error",
        "Mã “{found}” không phải là mã của đơn vị nào trong danh mục",
        "The code “{found}” belongs to no unit of the register",
        "Sửa mã, hoặc thêm đơn vị ấy vào danh mục.",
        "Correct the code, or add that unit to the register.",
    ),
    Code(
        "EVA506",
        "error",
        "Tên “{found}” cùng lúc chỉ hai đơn vị: {units}",
        "The name “{found}” means two units at the same time: {units}",
        "Bỏ tên gọi này khỏi một trong hai đơn vị.",
        "Remove this name from one of the two units.",
    ),
)
