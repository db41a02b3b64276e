"""Photos of a repair (WO-22): what is taken, and what the record keeps of it; looked at in `pictures`."""

import hashlib
from dataclasses import dataclass, replace

from core.model.account import User
from core.model.photo import Photo, PhotoStage
from core.model.text import Text
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from response.exif import CameraFacts
from response.orders.events import put as put_order
from response.refused import Refused

MOST_BYTES = 10 * 1024 * 1024

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
    """shared: the JPEG to show around, upright, `pictures.SHARED_SIDE` pixels wide or high at most."""

    sha256: str
    shared: bytes
    media_type: str
    width: int
    height: int
    facts: CameraFacts


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
    claimed_ns: int | None = None,
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
        claimed_ns=claimed_ns,
    )
    if not await tx.insert(photo):
        known = await tx.get(Photo, id)
        if known is None or (known.order, known.sha256) != (order.id, photo.sha256):
            raise Refused("id_taken", Text("此编号已用于另一张照片", "this id stands for another photo"))
        return known
    after = order.photos_after + (stage is PhotoStage.AFTER)
    await put_order(tx, replace(order, photos_after=after), now_ns)
    return photo
