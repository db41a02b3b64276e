"""A photo looked at, and a copy of it drawn to show around.

The copy is drawn anew from the pixels, so that nothing else of the file can be in it: no EXIF, no comment, no
profile, nothing hidden behind the picture's end. The original stays as it came, for evidence. Pillow is
heavy: this is imported when the first photo comes, not at the hub's start.
"""

import hashlib
import io
import struct

from PIL import Image, UnidentifiedImageError

from response.exif import CameraFacts, camera_facts
from response.photos import MOST_BYTES, Examined, NoPhoto

MOST_PIXELS = 64_000_000
"""Decoded these are 200 MB at most; the header says how many there are before anything is decoded."""
SHARED_SIDE = 2_048
SHARED_QUALITY = 85
MEDIA_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "WEBP": "image/webp"}
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_UNREADABLE = (OSError, ValueError, SyntaxError, TypeError, LookupError, EOFError, struct.error)
"""What Pillow raises at files that are cut short or made to mislead."""
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def examined(content: bytes) -> Examined:
    """Takes a second of a core for a large photo. Raises NoPhoto."""
    if len(content) > MOST_BYTES:
        raise NoPhoto("too_large")
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        raise NoPhoto("heic")
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "WEBP")) as image:
            return _drawn(content, image)
    except UnidentifiedImageError as error:
        raise NoPhoto("no_photo") from error
    except Image.DecompressionBombError as error:
        raise NoPhoto("too_many_pixels") from error
    except _UNREADABLE as error:
        raise NoPhoto("damaged") from error


def _drawn(content: bytes, image: Image.Image) -> Examined:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise NoPhoto("too_many_pixels")
    media_type, (facts, turn) = MEDIA_TYPES[image.format or ""], _told(image)
    image.draft("RGB", (SHARED_SIDE, SHARED_SIDE))
    upright = image if turn is None else image.transpose(turn)
    upright.thumbnail((SHARED_SIDE, SHARED_SIDE))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright.convert("RGB"))
    drawn = io.BytesIO()
    clean.save(drawn, "JPEG", quality=SHARED_QUALITY)
    digest = hashlib.sha256(content).hexdigest()
    return Examined(digest, drawn.getvalue(), media_type, width, height, facts)


def _told(image: Image.Image) -> tuple[CameraFacts, Image.Transpose | None]:
    """What the camera wrote, and how to turn the picture upright; nothing where that cannot be read, since a
    picture is worth keeping without it."""
    try:
        exif = image.getexif()
        return camera_facts(exif), _UPRIGHT.get(exif.get(_ORIENTATION, 1))
    except _UNREADABLE:
        return CameraFacts(), None
