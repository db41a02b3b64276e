"""A customer who is looked for everywhere, in every form in which somebody might be written down."""

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

NAME, PHONE = "金丝雀爱丽丝", "139-8765-4321"
EMAIL, WECHAT = "canary.alice@customers.example", "canary-openid-77"
STRANGER = "13512348765"
"""Calls, and is nobody's number."""
CUSTOMERS = (
    "id,account,name,phone,email,wechat,language,at_night,large_type\n"
    f"P000001,A000001,{NAME},{PHONE},{EMAIL},{WECHAT},zh,1,0\n"
)
_DIGITS = [re.sub(r"\D", "", number) for number in (PHONE, STRANGER)]
_NUMBERS = [re.compile(rb"(?:%b)" % rb"[-. \xc2\xa0()]{0,2}".join(d.encode() for d in n)) for n in _DIGITS]


def spellings() -> Iterator[bytes]:
    """Of name, mail and open id, and hashes of numbers: eleven digits are soon guessed from one."""
    for text in (NAME, EMAIL, WECHAT):
        for encoding in ("utf-8", "gb18030", "utf-16-le"):
            yield text.encode(encoding)
        yield quote(text).encode()
        yield text.encode("unicode_escape")
        yield base64.b64encode(text.encode())[:-4]
    for digits in _DIGITS:
        for make in (hashlib.sha256, hashlib.sha1, hashlib.md5):
            digest = make(digits.encode())
            yield digest.hexdigest().encode()
            yield digest.digest()
        yield digits.encode("utf-16-le")
        yield base64.b64encode(digits.encode())[:-4]


_SPELLINGS = [one for one in dict.fromkeys(spellings()) if len(one) > 5]


def given_away(content: bytes) -> list[bytes]:
    """What of the canaries stands in `content`, with what stands around it."""
    found = [match.span() for pattern in _NUMBERS for match in pattern.finditer(content)]
    found += [(at, at + len(one)) for one in _SPELLINGS if (at := content.find(one)) >= 0]
    return [content[max(0, start - 60) : end + 20] for start, end in found]


def given_away_in(folder: Path, leave: frozenset[str]) -> dict[str, list[bytes]]:
    """By file, all of them but those named in `leave`."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.name not in leave)
    return {str(file): found for file in files if (found := given_away(file.read_bytes()))}
