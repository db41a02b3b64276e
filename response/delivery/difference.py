"""Who is told what of a version: the difference to what each person was told before (ON-08), as a table.

A person's letters of the notice say what they believe now: the last that went out, and the one that waits.
What waits and still holds stays; what does not hold any more is dropped, and the next is reckoned from what
they have heard. `standing`: that they are concerned.
"""

from collections.abc import Iterable, Sequence

from core.model.mailing import Because, Letter, LetterState
from core.model.notice import Change

Told = tuple[Change | None, Because]

OVER = {Change.RESTORED: Because.WATER_BACK, Change.CANCELLED: Because.CALLED_OFF}
_UNHEARD = frozenset({LetterState.QUEUED, LetterState.FAILED, LetterState.NO_ADDRESS})
_LOST = _UNHEARD - {LetterState.QUEUED}


def standing(last: Letter | None) -> bool:
    """Whether the last thing this person was told, or was to be told, is that they are concerned."""
    return last is not None and last.change in (Change.FIRST, Change.UPDATE)


def newest(letters: Iterable[Letter]) -> Letter | None:
    """The last that was not dropped for another."""
    left = (one for one in letters if one.state is not LetterState.SUPERSEDED)
    return max(left, key=lambda one: one.version, default=None)


def waits(letter: Letter | None, now_ns: int) -> bool:
    """Nothing of it was tried yet, and nothing was to be."""
    queued = letter is not None and letter.state is LetterState.QUEUED and not letter.tries
    return queued and letter is not None and (letter.due_ns or 0) > now_ns


def last_heard(letters: Sequence[Letter], now_ns: int) -> Letter | None:
    """The newest that does not wait."""
    last = newest(letters)
    if last is None or not waits(last, now_ns):
        return last
    return newest(one for one in letters if one.version < last.version)


def told(
    letters: Sequence[Letter],
    change: Change,
    *,
    affected: bool,
    moved_in: int = 0,
    weak: bool = False,
    now_ns: int,
) -> Told:
    """What a person hears of a version, None for nothing. letters: theirs of earlier versions. affected,
    weak: whether it concerns them, and leaves them weak water. moved_in: the last version, this one among
    them, that told something new of the whole."""
    last, over = newest(letters), change in OVER or not affected
    unheard = waits(last, now_ns)
    if last is not None and unheard and standing(last) is over:
        last = newest(one for one in letters if one.version < last.version)
        unheard = False
    if over:
        return _over(last, change, unheard=unheard)
    if last is None or not standing(last):
        return Change.FIRST, Because.NEWLY_AFFECTED
    if last.state in _UNHEARD:
        return last.change, Because.NOT_REACHED_BEFORE
    if moved_in > last.version or last.weak is not weak:
        return Change.UPDATE, Because.ESTIMATE_MOVED
    return None, Because.ESTIMATE_STANDS


def _over(last: Letter | None, change: Change, *, unheard: bool) -> Told:
    """Once. Who never heard of it hears nothing; what is called off was not restored."""
    if last is None:
        return None, Because.NEVER_TOLD if change in OVER else Because.NOT_CONCERNED
    said = change if change in OVER else Change.RESTORED
    if standing(last) or (unheard and said is not last.change):
        return said, OVER.get(change, Because.RELEASED)
    if last.state in _LOST:
        return said, Because.NOT_REACHED_BEFORE
    return None, Because.OVER_BEFORE


def kept(last: Letter, because: Because) -> bool:
    """Whether what is still to be sent of an earlier version stays as it is."""
    stands = because in (Because.ESTIMATE_STANDS, Because.REPORTED)
    return because is Because.OVER_BEFORE or (stands and standing(last))
