"""What the operating system says of a file, in Vietnamese: it answers in English whatever the reader's language."""

from __future__ import annotations

import errno
import os

from thangdo.findings.code import Language

_VIETNAMESE = {
    errno.ENOENT: "không có tệp hoặc thư mục này",
    errno.EACCES: "không có quyền",
    errno.EPERM: "không được phép",
    errno.EROFS: "nơi này chỉ cho đọc",
    errno.ENOSPC: "đĩa đã đầy",
    errno.EDQUOT: "đã hết phần đĩa được cấp",
    errno.EISDIR: "đây là thư mục",
    errno.ENOTDIR: "một phần của đường dẫn không phải thư mục",
    errno.ENAMETOOLONG: "tên quá dài",
    errno.EIO: "đĩa hoặc mạng bị lỗi khi đọc, ghi",
    errno.EBUSY: "đang có chương trình khác dùng",
}
_BY_TEXT = {os.strerror(number): words for number, words in _VIETNAMESE.items()}


def system_words(text: str, language: Language) -> str:
    """`text` in `language` where the system has said it; anything else as it is."""
    return _BY_TEXT.get(text, text) if language == "vi" else text
