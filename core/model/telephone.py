"""Telephone numbers as exchanges, callers and customer files write them, read the one way (HL-04).

Sources: ITU-T E.164 and E.123 for +86 and extensions; the Chinese numbering plan for mobiles (1[3-9] and
nine digits), area codes (010, 02x, 0[3-9]xx) and service numbers. Which ranges carry masked numbers of
delivery and ride services (AXB) changes [K]: they are settings, not a rule.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class NumberKind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    SERVICE = "service"
    """400, 800, 95, 96, 12345 and their like: an office's, not a caller's."""
    PRIVACY = "privacy"
    """A masked number (AXB): tomorrow somebody else's."""
    INTERNAL = "internal"
    """An extension of the house's own exchange."""
    FOREIGN = "foreign"
    WITHHELD = "withheld"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telephone:
    """national: digits as dialled in the country (13800000000, 07732192000); what is looked up by. e164:
    None where there is none. also: further numbers that stood beside it."""

    kind: NumberKind
    national: str = ""
    e164: str | None = None
    extension: str | None = None
    also: tuple[str, ...] = ()

    @property
    def bindable(self) -> bool:
        """Whether it may be put down as somebody's own."""
        return self.kind in _OWN

    @property
    def callable(self) -> bool:
        return self.kind is not NumberKind.WITHHELD and bool(self.national)


_OWN = frozenset({NumberKind.MOBILE, NumberKind.LANDLINE, NumberKind.FOREIGN})
PRIVACY_PREFIXES = ("95013", "162", "165", "167", "170", "171")
"""[K] Ranges in which masked numbers are found; some of 170 and 171 are people's own, who say so."""
_WITHHELD = frozenset(
    {"anonymous", "unknown", "withheld", "private", "restricted", "unavailable", "blocked", "none", "null"}
    | {"asserted-identity", "未知", "未知号码", "匿名", "隐藏", "隐藏号码", "保密", "无主叫", "私人号码"}
)
_ANONYMOUS_DIGITS = frozenset({"266696687", "0", "00", "000"})
"""ANONYMOUS on a keypad, and the zeros that exchanges put in its place."""
_DASHES = re.compile("[‐-―−~〜ー－]")
_URI = re.compile(r"^(?:sips?|tel|callto):(?://)?", re.IGNORECASE)
_NAMED = re.compile(r"<([^<>]+)>")
_EXTENSION = re.compile(r"(?:转接?|分机(?:号)?|;?ext(?:ension)?[.:=]?|#|\*|[,;xpw]{1,3})\s*(\d{1,6})#?$")
_TAIL = re.compile(r"-\s*(\d{1,5})$")
_BETWEEN = re.compile(r"[/、|;,]|\b或\b|或")
_MOBILE = re.compile(r"^0?(1[3-9]\d{9})$")
_LABEL = re.compile(
    r"^(?:(?:联系|客户|来电)?(?:手机|电话|座机|固话)(?:号码?)?|tel|phone|mobile)\s*[:.]?\s*(?=[+(\d*#])"
)
_CODE = re.compile(r"^[*#]\d{2}[*#]?(?=0?1[3-9]\d{9}$|0\d{9,11}$)")
"""What is dialled before a number to show or hide one's own: 3GPP TS 22.030 (#31#), *67 and *82 of others."""
_NUMERALS = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
_SPOKEN = re.compile(r"^[\s\-〇零一二三四五六七八九幺]+$")
_CARRIER = re.compile(r"^(?:17951|17911|17909|12593|10193|11808)(?=0?1[3-9]\d{9}$|0\d{9,11}$)")
"""Prefixes for cheaper trunk calls, which old exchanges still show."""
_OUTSIDE = re.compile(r"^9(?=0?1[3-9]\d{9}$|0\d{9,11}$)")
_AREA = re.compile(r"^0((?:10|2[0-57-9])(?=[2-8]\d{7}$)|[3-9]\d{2}(?=[2-8]\d{6,7}$))(\d+)$")
_LOCAL = re.compile(r"^[2-8]\d{6,7}$")
_FREE = re.compile(r"^[48]00\d{7}$")
_NINE = re.compile(r"^(?:0(?:10|2\d|[3-9]\d{2}))?9[56]\d{3,10}$")
_SHORT = re.compile(r"^(?:11[0-9]|12[0-9]|1[012]\d{3,4}|12[0-9]{4})$")
_INTERNAL = re.compile(r"^\d{3,4}$")
_MOST_DIGITS = 15


def telephone(raw: str | None, area_code: str = "", privacy: tuple[str, ...] = PRIVACY_PREFIXES) -> Telephone:
    """What `raw` says. area_code: of the utility's own town, `0773`, for numbers given without one. Never
    raises: what cannot be read is UNKNOWN with its digits."""
    text = _plain(raw or "")
    if not text or text in _WITHHELD or text.removeprefix("+") in _ANONYMOUS_DIGITS:
        return Telephone(kind=NumberKind.WITHHELD)
    whole = _with_extension(text, area_code, privacy)
    if whole is not None:
        return whole
    read = [one for part in _BETWEEN.split(text) if (one := _with_extension(part, area_code, privacy))]
    if read:
        first = read[0]
        also = tuple(dict.fromkeys(one.national for one in read[1:] if one.national != first.national))
        return Telephone(
            kind=first.kind,
            national=first.national,
            e164=first.e164,
            extension=first.extension,
            also=also,
        )
    digits = re.sub(r"\D", "", text)[: _MOST_DIGITS + 5]
    return Telephone(kind=NumberKind.UNKNOWN if digits else NumberKind.WITHHELD, national=digits)


def _plain(raw: str) -> str:
    """Half width, digits of any script, lower case, one kind of dash, nothing unseen; without a display name,
    a label, a scheme, a host or a service code."""
    seen = "".join(
        str(unicodedata.digit(c)) if c.isdecimal() else c
        for c in unicodedata.normalize("NFKC", raw)
        if unicodedata.category(c) != "Cf"
    )
    text = _DASHES.sub("-", seen).strip().lower()
    named = _NAMED.search(text)
    text = _URI.sub("", (named[1] if named else text).strip())
    text = text.partition("@")[0].partition(";phone-context")[0].partition(";user=")[0].strip("\"' ")
    if _SPOKEN.match(text):
        text = text.translate(_NUMERALS)
    return _CODE.sub("", _LABEL.sub("", text))


def _with_extension(text: str, area_code: str, privacy: tuple[str, ...]) -> Telephone | None:
    """The number as it stands, else without what looks like an extension."""
    stated = _EXTENSION.search(text)
    tail = _TAIL.search(text)
    for found in (stated, None, tail):
        if found is None and stated is not None:
            continue
        head = text[: found.start()] if found else text
        number = _number(head, area_code, privacy)
        if number is not None:
            extension = found[1] if found else None
            return Telephone(
                kind=number.kind, national=number.national, e164=number.e164, extension=extension
            )
    return None


def _number(text: str, area_code: str, privacy: tuple[str, ...]) -> Telephone | None:
    if re.search(r"[^\d\s+().\-/（）\[\]]", text):
        return None
    digits = re.sub(r"\D", "", text.replace("+86(0)", "+86").replace("(0)", "", 1 if "+" in text else 0))
    abroad = text.strip().startswith(("+", "(+")) or digits.startswith("00")
    digits = digits.removeprefix("00") if abroad else digits
    for home in _at_home(digits, abroad):
        found = _domestic(home, area_code, privacy)
        if found is not None:
            return found
    if abroad and not digits.startswith(("86", "0")) and 7 <= len(digits) <= _MOST_DIGITS:
        return Telephone(kind=NumberKind.FOREIGN, national=f"00{digits}", e164=f"+{digits}")
    return None


def _at_home(digits: str, abroad: bool) -> list[str]:
    """The ways to read the digits as dialled within the country, the likelier first."""
    if digits.startswith("86") and (abroad or len(digits) >= 11):
        rest = digits.removeprefix("86")
        return [rest, f"0{rest}"] if abroad else [digits, rest, f"0{rest}"]
    return [] if abroad else [digits]


def _domestic(digits: str, area_code: str, privacy: tuple[str, ...]) -> Telephone | None:
    digits = _OUTSIDE.sub("", _CARRIER.sub("", digits))
    if mobile := _MOBILE.match(digits):
        number = mobile[1]
        if number.startswith(privacy):
            return Telephone(kind=NumberKind.PRIVACY, national=number, e164=f"+86{number}")
        return Telephone(kind=NumberKind.MOBILE, national=number, e164=f"+86{number}")
    if area := _AREA.match(digits):
        return Telephone(kind=NumberKind.LANDLINE, national=digits, e164=f"+86{area[1]}{area[2]}")
    if digits.startswith(privacy) and digits.startswith("9") and len(digits) >= 10:
        return Telephone(kind=NumberKind.PRIVACY, national=digits)
    if _FREE.match(digits) or _NINE.match(digits) or _SHORT.match(digits):
        return Telephone(kind=NumberKind.SERVICE, national=digits)
    if _LOCAL.match(digits):
        known = _AREA.match(f"{area_code}{digits}") if area_code else None
        if known is not None:
            e164 = f"+86{known[1]}{known[2]}"
            return Telephone(kind=NumberKind.LANDLINE, national=f"{area_code}{digits}", e164=e164)
        return Telephone(kind=NumberKind.LANDLINE, national=digits)
    return Telephone(kind=NumberKind.INTERNAL, national=digits) if _INTERNAL.match(digits) else None
