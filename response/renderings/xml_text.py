"""XML 1.0 as bytes: declaration, UTF-8, indented, without the characters that XML has no way to write."""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: Element, name: str, value: str | None) -> None:
    """A child with a text; none where there is no value."""
    if value:
        SubElement(parent, name).text = _UNWRITABLE.sub("", value)


def document(root: Element) -> bytes:
    indent(root, " ")
    written: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written + b"\n"
