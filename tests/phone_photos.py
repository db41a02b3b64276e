"""Photos as phones take them."""

import io
import random

from PIL import Image

CANARY = b"canary-in-the-pit"


def photo(
    kind: str = "JPEG",
    size: tuple[int, int] = (160, 120),
    *,
    seed: int = 1,
    taken: str | None = None,
    offset: str | None = None,
    lat: float | None = None,
    lon: float | None = None,
    orientation: int = 1,
    exif: bool = True,
) -> bytes:
    """A picture of its own for every seed, with a canary in its metadata and behind its end."""
    picture = _patches(size, seed)
    written = Image.Exif()
    written[0x010F], written[0x0110], written[0x0112] = "Lantern", "L1", orientation
    written[0x8298] = CANARY.decode()
    detail = written.get_ifd(0x8769)
    if taken is not None:
        detail[0x9003] = taken
    if offset is not None:
        detail[0x9011] = offset
    if lat is not None and lon is not None:
        gps = written.get_ifd(0x8825)
        gps[1], gps[2] = "S" if lat < 0 else "N", _dms(abs(lat))
        gps[3], gps[4] = "W" if lon < 0 else "E", _dms(abs(lon))
    out = io.BytesIO()
    more = {"comment": CANARY} if kind == "JPEG" else {}
    if exif:
        more["exif"] = written.tobytes()
    picture.save(out, kind, quality=88, **more)
    return out.getvalue() + (CANARY if kind == "JPEG" else b"")


def _patches(size: tuple[int, int], seed: int) -> Image.Image:
    dice = random.Random(seed)
    return Image.frombytes("RGB", (8, 6), dice.randbytes(8 * 6 * 3)).resize(size)


def _dms(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), minutes % 1 * 60
