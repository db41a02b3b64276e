"""The files the citizens' server hands out: made inside, shipped in the snapshot, served as they are."""

import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

from core.model.bulletin import Bulletin
from core.model.plant import Plant
from core.model.snapshot import PublicDocument
from core.model.text import LANGS
from core.runtime.logs import log
from public_portal.jws import jwk
from public_portal.recorded import Recorded
from public_portal.told import Told
from public_portal.turning import Turning
from response.renderings import atom, cap, ical, rss
from response.renderings.feed import Site
from response.renderings.geojson import geojson

FEED_STEP_NS = 3600 * 1_000_000_000
"""A feed's `updated` goes on each hour, whatever it says, so that its readers see that it lives (ON-31)."""


class Documents:
    """Makes each file once for what it says. font: for posters (`response.renderings.poster.face`)."""

    def __init__(self, plant: Plant, font: Path | None) -> None:
        utility = plant.utility
        self._site = Site(utility.site, utility.name, utility.sender)
        self._font = _fit(font)
        self._made: dict[Bulletin, tuple[PublicDocument, ...]] = {}
        self._turning = Turning()

    def of(self, found: list[Told], recorded: Recorded, now_ns: int) -> tuple[PublicDocument, ...]:
        current = [told.now for told in found if told.now is not None]
        self._turning.keep(current)
        self._made = {b: self._made[b] if b in self._made else tuple(self._notice(b)) for b in current}
        documents = [document for b in current for document in self._made[b]]
        for told in found:
            documents += [document for b in told.versions for document in _version(b, recorded)]
        return (*documents, *self._feeds(current, now_ns), *_proofs(recorded))

    def _notice(self, b: Bulletin) -> Iterator[PublicDocument]:
        """Of the notice as it stands: poster, calendar file, map file. What draws posters is heavy, and comes
        with the first notice."""
        from response.renderings import poster  # noqa: PLC0415

        stem = f"n/{b.number}/"
        for lang in LANGS:
            drawn = cache(partial(poster.poster, lang=lang, font=self._font))
            yield self._turning.file(f"{stem}poster-{lang}.pdf", poster.MEDIA, partial(_sheet, drawn), [b])
            calendar = partial(ical.ical, site=self._site, lang=lang)
            yield self._turning.file(f"{stem}{lang}.ics", ical.MEDIA, calendar, [b])
        yield self._turning.file(f"{stem}area.geojson", "application/geo+json", geojson, [b])

    def _feeds(self, current: list[Bulletin], now_ns: int) -> Iterator[PublicDocument]:
        hour = now_ns - now_ns % FEED_STEP_NS
        updated = max((hour, *(b.told_ns for b in current)))
        for lang in LANGS:
            entries = partial(atom.atom, site=self._site, lang=lang, made_ns=updated)
            items = partial(rss.rss, site=self._site, lang=lang, made_ns=updated)
            events = partial(ical.ical, site=self._site, lang=lang)
            yield self._turning.file(f"feed/{lang}.atom", atom.MEDIA, entries, current)
            yield self._turning.file(f"feed/{lang}.rss", rss.MEDIA, items, current)
            yield self._turning.file(f"feed/{lang}.ics", ical.MEDIA, events, current)
        yield self._turning.file("feed/notices.geojson", "application/geo+json", geojson, current)


def _fit(font: Path | None) -> Path | None:
    """A poster in the built-in typeface is better than none: the unfit file is said once."""
    if font is None:
        return None
    from response.renderings import poster  # noqa: PLC0415

    try:
        poster.face(font)
    except poster.FontUnfit as error:
        log.warning("poster font cannot be used", reason=str(error))
        return None
    return font


def _sheet(drawn: Callable[[Bulletin], bytes], found: list[Bulletin]) -> bytes:
    """Of the one notice; of none there is nothing."""
    return b"".join(map(drawn, found))


def _version(b: Bulletin, recorded: Recorded) -> Iterator[PublicDocument]:
    """Of one version for ever: the alert, the signed statement and its signature."""
    stem = f"n/{b.number}/v{b.version}"
    yield _file(f"{stem}.cap.xml", cap.MEDIA, recorded.said(b.identifier).cap)
    yield _file(f"{stem}.json", "application/json", recorded.said(b.identifier).statement)
    yield _file(f"{stem}.jws", "application/jose", recorded.jws(b.identifier).encode())


def _proofs(recorded: Recorded) -> Iterator[PublicDocument]:
    lines, jws = recorded.chain()
    yield _file("notices.jsonl", "application/x-ndjson", lines)
    yield _file("notices.jws", "application/jose", jws.encode())
    keys = json.dumps({"keys": [jwk(recorded.public_key)]}).encode()
    yield _file(".well-known/jwks.json", "application/jwk-set+json", keys)


def _file(path: str, media: str, content: bytes) -> PublicDocument:
    return PublicDocument(path=path, media=media, content=content)
