"""A photo of a repair: the evidence as it came, and a copy that may be shown around."""

from dataclasses import dataclass
from enum import StrEnum


class PhotoStage(StrEnum):
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """id: given by the phone, so that one sent twice is one. sha256: of the original's bytes as they came,
    which are kept unchanged; shared_sha256: of the copy without any metadata. width and height: pixels of the
    original. done_ns: when it was added on the phone, claimed_ns: what that said instead, where it cannot
    be; taken_ns: when it was taken, as the camera says (EXIF); lat, lon: where, WGS-84 degrees, as the
    camera says; camera: maker and model. at_ns: received, plant time."""

    id: str
    order: str
    stage: PhotoStage
    by: str
    at_ns: int
    done_ns: int
    sha256: str
    shared_sha256: str
    media_type: str
    size: int
    width: int
    height: int
    taken_ns: int | None = None
    lat: float | None = None
    lon: float | None = None
    camera: str | None = None
    claimed_ns: int | None = None
