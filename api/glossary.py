"""One glossary for all screens: each word stands beside its other language, so none can be missing."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from api.words import (
    activities,
    alarm_acts,
    alarm_desk,
    board,
    calls,
    collection,
    crew,
    deliveries,
    desk,
    dispatch,
    explained,
    failures,
    fire,
    handover,
    hotline,
    hotline_card,
    incidents,
    journal,
    map,
    master,
    notice_reach,
    notices,
    orders,
    phone,
    quality_holds,
    refused,
    replay,
    reports,
    service,
    sign_in,
    states,
    trends,
    visits,
    wall,
    wall_event,
    wall_quality,
    wall_zone,
    whom,
)
from core.model.text import Lang, Text

_ROOMS = (
    states.WORDS,
    alarm_acts.WORDS,
    alarm_desk.WORDS,
    journal.WORDS,
    calls.WORDS,
    deliveries.WORDS,
    activities.WORDS,
    wall.WORDS,
    wall_event.WORDS,
    wall_quality.WORDS,
    wall_zone.WORDS,
    whom.WORDS,
    desk.WORDS,
    dispatch.WORDS,
    explained.WORDS,
    incidents.WORDS,
    map.WORDS,
    master.WORDS,
    collection.WORDS,
    failures.WORDS,
    fire.WORDS,
    hotline.WORDS,
    notices.WORDS,
    notice_reach.WORDS,
    hotline_card.WORDS,
    service.WORDS,
    replay.WORDS,
    reports.WORDS,
    orders.WORDS,
    crew.WORDS,
    board.WORDS,
    phone.WORDS,
    quality_holds.WORDS,
    sign_in.WORDS,
    refused.WORDS,
    visits.WORDS,
    trends.WORDS,
    handover.WORDS,
)


def _all() -> Iterator[tuple[str, Text]]:
    seen: set[str] = set()
    for words in _ROOMS:
        for key, text in words.items():
            if key in seen:
                raise ValueError(f"the glossary has {key!r} twice")
            seen.add(key)
            yield key, text


GLOSSARY: Mapping[str, Text] = MappingProxyType(dict(_all()))


def words(lang: Lang) -> dict[str, str]:
    """Every key in one language."""
    return {key: text.in_(lang) for key, text in GLOSSARY.items()}
