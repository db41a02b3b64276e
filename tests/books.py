"""What tests ask of counts."""

from core.model.conservation import Fate, Tally, total

FATES = (Fate.STORED, Fate.DUPLICATE, Fate.QUARANTINED)


def fates(tally: Tally) -> tuple[int, ...]:
    """(stored, duplicate, quarantined), of every source."""
    return tuple(total(tally, fate) for fate in FATES)
