"""What is stored of a tag's samples. Only of storage: detectors, live values and screens see all of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRule:
    """deadband: in the tag's unit; a value within it of the last stored one is left out. min_interval_s:
    within so long a window only new extremes are stored. max_silence_s: something is stored at least so
    often. swinging_door: in the tag's unit; in place of the deadband, what a straight line between stored
    samples shows within it is left out."""

    deadband: float = 0.0
    min_interval_s: float = 0.0
    max_silence_s: float = 900.0
    swinging_door: float | None = None
