"""Whether what is measured is within the national limits, and what that says of drinking it.

That water complies is said of laboratory results alone (WQ-01), so nobody is told here that it does. That
nothing is beyond a limit is said only where all of it is known now, and never against a notice.
"""

from collections.abc import Iterable

from core.model.limits import RESIDUALS
from core.model.snapshot import Area, PublicNotice, Reading, ReadingState
from core.model.text import Lang
from public_portal.ended import LIFTED_KINDS
from public_portal.limit_views import beyond
from public_portal.limit_words import DRINKING

_TOLD = frozenset({ReadingState.NORMAL, ReadingState.WATCH})


def with_drinking(
    summary: str, areas: Iterable[Area], notices: Iterable[PublicNotice], lang: Lang, stale: bool
) -> str:
    """summary: how these areas are, a sentence. notices: those that reach them. Of an old snapshot no more is
    said: it does not describe now."""
    shown = tuple(areas)
    if stale or not shown:
        return summary
    if any(notice.kind in LIFTED_KINDS and not notice.over for notice in notices):
        return _after(summary, "notice", lang)
    if any(_beyond(reading) for area in shown for reading in area.readings):
        return _after(summary, "beyond", lang)
    known = [area for area in shown if _within(area)]
    if not known:
        return _after(summary, "unknown", lang)
    judged = (one.limit.standard for area in known for one in area.readings if one.limit is not None)
    standard = ("、" if lang == "zh" else ", ").join(dict.fromkeys(judged))
    if len(known) < len(shown):
        said = _after(summary, "partly", lang, n=len(shown) - len(known), standard=standard)
    else:
        within = DRINKING["within"].in_(lang).format(standard=standard)
        said = summary.rstrip("。.") + ("；" if lang == "zh" else "; ") + within
    watched = any(one.state is ReadingState.WATCH for area in known for one in area.readings)
    return _after(said, "unusual" if watched else "provisional", lang)


def _after(sentence: str, name: str, lang: Lang, **more: object) -> str:
    return sentence + ("" if lang == "zh" else " ") + DRINKING[name].in_(lang).format(**more)


def _beyond(reading: Reading) -> bool:
    """The figure shown, or one of those that it is the median of."""
    return bool(reading.beyond) or beyond(reading.limit, reading.value)


def _within(area: Area) -> bool:
    """Of all that is judged there it is known. What is left of a disinfectant that is not in use is not."""
    used = RESIDUALS[area.disinfectant] if area.disinfectant is not None else None
    judged = [
        one
        for one in area.readings
        if used is None or one.parameter not in RESIDUALS.values() or one.parameter == used
    ]
    return bool(judged) and all(_is_within(one) for one in judged)


def _is_within(reading: Reading) -> bool:
    checked = reading.limit is not None and not reading.limit.unverified
    return checked and reading.value is not None and reading.state in _TOLD and reading.beyond is False
