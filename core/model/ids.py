"""The shape of every public identifier."""

import re

ID_PATTERN = r"[A-Za-z0-9._:-]{1,128}"
_ID = re.compile(ID_PATTERN)


def valid_id(text: str) -> bool:
    """True when `text` may name a tag, alarm, incident, work order, notice or zone."""
    return _ID.fullmatch(text) is not None
