"""A list on its way from a preview to what confirms it: packed to about a seventh, and signed: what was shown is done."""

from __future__ import annotations

from django.core import signing

from thangdo.web.returned_workbook import NotAWorkbook

_SALT = "thangdo.kept-list"


def packed(text: str) -> str:
    """The list as one field of a form."""
    return signing.dumps(text, salt=_SALT, compress=True)


def unpacked(field: str) -> str:
    """The list of such a field. Raises NotAWorkbook where it is not what was sent; nothing unsigned is unpacked."""
    try:
        return str(signing.loads(field, salt=_SALT))
    except signing.BadSignature as failure:
        raise NotAWorkbook("kept") from failure
