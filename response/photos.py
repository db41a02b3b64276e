"""Photos of a repair (WO-22): what is taken, what the camera said moved to the record, a copy to show around.

The copy is drawn anew from the pixels, so that nothing else of the file can be in it: no EXIF, no comment, no
profile, nothing hidden behind the picture's end. The original stays as it came, for evidence.
"""

import hashlib
import io
import struct
from dataclasses import dataclass, replace

from PIL import Image, UnidentifiedImageError

from core.model.account import User
from core.model.photo import Photo, PhotoStage
from core.model.text import Text
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response.exif import CameraFacts, camera_facts
from response.orders.events import put as put_order
from response.refused import Refused

MOST_BYTES = 10 * 1024 * 1024
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

WHY = {
    "too_large": Text("照片超过 10 MB", "the photo has more than 10 MB"),
    "heic": Text(
        "不支持 HEIC：请在手机“设置 › 相机 › 格式”中选“兼容性最佳”",
        "HEIC is not taken: choose “Most Compatible” under Settings › Camera › Formats",
    ),
    "no_photo": Text("不是 JPEG 或 WebP 照片", "this is neither a JPEG nor a WebP photo"),
    "too_many_pixels": Text("照片像素过多（上限 6400 万）", "the photo has more than 64 million pixels"),
    "damaged": Text("照片文件已损坏", "the photo's file is damaged"),
}


class NoPhoto(Exception):
    """It is not taken; `reason` is a key of WHY."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}: {WHY[reason].en}")
        self.reason = reason
        self.why = WHY[reason]


@dataclass(frozen=True, slots=True)
class Examined:
    """shared: the JPEG to show around, upright, SHARED_SIDE pixels wide or high at most."""

    sha256: str
    shared: bytes
    media_type: str
    width: int
    height: int
    facts: CameraFacts


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


async def add_photo(
    tx: Tx,
    order: WorkOrder,
    found: Examined,
    *,
    id: str,
    stage: PhotoStage,
    actor: User,
    size: int,
    now_ns: int,
    done_ns: int,
) -> Photo:
    """On the order, whatever its state: photos are always kept. The same one again is the one that stands.
    Raises Refused when the id stands for another photo."""
    facts = found.facts
    photo = Photo(
        id=id,
        order=order.id,
        stage=stage,
        by=actor.id,
        at_ns=now_ns,
        done_ns=done_ns,
        sha256=found.sha256,
        shared_sha256=hashlib.sha256(found.shared).hexdigest(),
        media_type=found.media_type,
        size=size,
        width=found.width,
        height=found.height,
        taken_ns=facts.taken_ns,
        lat=facts.lat,
        lon=facts.lon,
        camera=facts.camera,
    )
    if not await tx.insert(photo):
        known = await tx.get(Photo, id)
        if known is None or (known.order, known.sha256) != (order.id, photo.sha256):
            raise Refused("id_taken", Text("此编号已用于另一张照片", "this id stands for another photo"))
        return known
    after = order.photos_after + (stage is PhotoStage.AFTER)
    await put_order(tx, replace(order, photos_after=after), now_ns)
    return photo
