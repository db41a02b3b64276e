"""What a camera wrote into a photo (Exif 2.32, CIPA DC-008): when, where, with what. Whatever is wrong in it
is left out; nothing of it is believed more than that the camera says so."""

import math
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Protocol

_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_MAKE, _MODEL = 0x010F, 0x0110
_DATE_TIME_ORIGINAL, _OFFSET_ORIGINAL = 0x9003, 0x9011
_LAT_REF, _LAT, _LON_REF, _LON = 1, 2, 3, 4
_WITHOUT_OFFSET = timedelta(hours=8)
"""Cameras that name no zone are taken to show Shanghai's time [P]."""
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """taken_ns: UTC, ns. lat, lon: degrees, WGS-84."""

    taken_ns: int | None = None
    lat: float | None = None
    lon: float | None = None
    camera: str | None = None


class Exif(Protocol):
    """As Pillow reads it: tags by number, and the directories that hang on some of them."""

    def get(self, tag: int, /) -> object: ...

    def get_ifd(self, tag: int, /) -> Mapping[int, object]: ...


def camera_facts(exif: Exif) -> CameraFacts:
    detail, gps = exif.get_ifd(_EXIF_IFD), exif.get_ifd(_GPS_IFD)
    lat = _degrees(gps, _LAT, _LAT_REF, ("N", "S"), 90.0)
    lon = _degrees(gps, _LON, _LON_REF, ("E", "W"), 180.0)
    names = [_text(exif.get(tag)) for tag in (_MAKE, _MODEL)]
    return CameraFacts(
        taken_ns=_taken_ns(detail),
        lat=lat if lon is not None else None,
        lon=lon if lat is not None else None,
        camera=" ".join(name for name in names if name)[:_LONGEST_NAME] or None,
    )


def _taken_ns(detail: Mapping[int, object]) -> int | None:
    try:
        stamp = datetime.strptime(_text(detail.get(_DATE_TIME_ORIGINAL)), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None
    offset = _WITHOUT_OFFSET
    if found := _OFFSET.fullmatch(_text(detail.get(_OFFSET_ORIGINAL))):
        sign, hours, minutes = found.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
        if abs(offset) > timedelta(hours=14):
            return None
    if not 1990 <= stamp.year < 2262:
        return None
    return round(stamp.replace(tzinfo=timezone(offset)).timestamp()) * 1_000_000_000


def _degrees(
    gps: Mapping[int, object], tag: int, ref: int, signs: tuple[str, str], most: float
) -> float | None:
    """Degrees, minutes and seconds as one number, to 1e-6 (0.1 m)."""
    parts, side = gps.get(tag), _text(gps.get(ref))
    if not isinstance(parts, tuple) or len(parts) != 3 or side not in signs:
        return None
    try:
        d, m, s = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = d + m / 60 + s / 3600
    if not math.isfinite(value) or not 0 <= value <= most:
        return None
    return round(-value if side == signs[1] else value, 6)


def _text(value: object) -> str:
    """ASCII says the standard, UTF-8 write many phones; Pillow reads either as Latin-1."""
    if isinstance(value, str):
        with suppress(UnicodeError):
            value = value.encode("latin-1").decode("utf-8")
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return "".join(c for c in value if c.isprintable()).strip() if isinstance(value, str) else ""
