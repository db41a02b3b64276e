"""Who is told what of a version: the difference to what each person was told before (ON-08), as a table.

A person's last letter of the notice says what they believe now. `standing`: that they are concerned.
"""

from core.model.mailing import Because, Letter, LetterState
from core.model.notice import Change

Told = tuple[Change | None, Because]

_OVER = {Change.RESTORED: Because.WATER_BACK, Change.CANCELLED: Because.CALLED_OFF}
_UNHEARD = frozenset({LetterState.QUEUED, LetterState.FAILED, LetterState.NO_ADDRESS})


def standing(last: Letter | None) -> bool:
    """Whether the last thing this person was told, or was to be told, is that they are concerned."""
    return last is not None and last.change in (Change.FIRST, Change.UPDATE)


def told(last: Letter | None, change: Change, *, affected: bool, moved: bool, now_ns: int) -> Told:
    """What a person hears of a version, None for nothing. change, moved: of the version; affected: whether
    it concerns them. Who was to hear of it in the morning, and is not concerned by then, hears nothing."""
    if last is not None and _waits(last, now_ns) and (change in _OVER or not affected):
        return None, Because.NEVER_TOLD
    if change in _OVER:
        return (change, _OVER[change]) if standing(last) else (None, Because.NEVER_TOLD)
    if not affected:
        return (Change.RESTORED, Because.RELEASED) if standing(last) else (None, Because.NOT_CONCERNED)
    if last is None or not standing(last):
        return Change.FIRST, Because.NEWLY_AFFECTED
    if last.state in _UNHEARD:
        return last.change, Because.NOT_REACHED_BEFORE
    return (Change.UPDATE, Because.ESTIMATE_MOVED) if moved else (None, Because.ESTIMATE_STANDS)


def _waits(last: Letter, now_ns: int) -> bool:
    """Nothing of it was tried yet, and nothing was to be."""
    return last.state is LetterState.QUEUED and not last.tries and (last.due_ns or 0) > now_ns
