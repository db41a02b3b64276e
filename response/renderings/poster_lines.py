"""Breaking lines on a poster: between Chinese characters anywhere but before closing marks, English at
spaces. A time, a number or a Latin word is never broken unless it alone is wider than the line."""

import re

from reportlab.pdfbase.pdfmetrics import stringWidth

_PIECE = re.compile(r"[!-~–…]+(?:\s*(?:UTC))?|\s+|.")
_ITEM = re.compile(r".+?(?:[、；，。]|[,;] |$)", re.DOTALL)
_ITEM_ENDS = ("、", "，", "；", "。", ", ", "; ", ". ")
_NOT_FIRST = frozenset("，。、；：！？）》」』”’)…")


def wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    """The lines of `text`, each at most `width` pt wide."""
    lines, line = [], ""
    for piece in _pieces(text):
        if piece == "\n":
            lines.append(line.rstrip())
            line = ""
        elif stringWidth((line + piece).rstrip(), font, size) <= width or not line.strip():
            line = (line + piece).lstrip() if not line.strip() else line + piece
        elif piece in _NOT_FIRST:
            line += piece
        else:
            lines.append(line.rstrip())
            line = piece.lstrip()
    return [
        *_cut(lines, font, size, width),
        *_cut([line.rstrip()] if line.strip() else [], font, size, width),
    ]


def listed(text: str, font: str, size: float, width: float) -> list[str]:
    """The lines of a list: an item goes on in the next line only where it is wider than one by itself."""
    lines = [""]
    for item in _ITEM.findall(text):
        if stringWidth((lines[-1] + item).rstrip(), font, size) <= width:
            lines[-1] += item
        else:
            lines += wrapped(item, font, size, width)
            lines[-1] += item[len(item.rstrip()) :]
    return [line.rstrip() for line in lines if line.strip()]


def whole_items(lines: list[str]) -> list[str]:
    """What fits of a list, ended after a whole item by …: half a time or a number would be another one."""
    for n in range(len(lines) - 1, -1, -1):
        at = max(lines[n].rfind(mark) for mark in _ITEM_ENDS)
        if at > 0:
            return [*lines[:n], lines[n][:at] + "…"]
    return ["…"]


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(text.replace("\r", ""))


def _cut(lines: list[str], font: str, size: float, width: float) -> list[str]:
    """A single piece wider than the line (an address of a page) goes on in the next."""
    out: list[str] = []
    for line in lines:
        while len(line) > 1 and stringWidth(line, font, size) > width * 1.04:
            at = next(
                n for n in range(len(line), 0, -1) if n == 1 or stringWidth(line[:n], font, size) <= width
            )
            out.append(line[:at])
            line = line[at:]
        out.append(line)
    return out
