"""Is this really from us? A number, a link or a whole message, against what notices in force said and what
callers alone were told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from core.model.snapshot import PublicNotice, PublicReply, PublicSnapshot, PublicVersion
from public_portal.sentences import fingerprint, sentences

LONGEST = 1000
"""Characters of a question."""
_NUMBER = re.compile(r"[A-Z]{1,6}-\d{8}-\d{3,8}")


class Verdict(StrEnum):
    """known: the number is one of ours. genuine: every sentence is ours and stands. superseded: ours, but a
    newer version stands. altered: some of it is ours, some is not. unknown: nothing of it is."""

    KNOWN = "known"
    GENUINE = "genuine"
    SUPERSEDED = "superseded"
    ALTERED = "altered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verified:
    """foreign: the sentences that are not ours, as they were given. reply: in place of a notice."""

    verdict: Verdict
    notice: PublicNotice | None = None
    version: PublicVersion | None = None
    foreign: tuple[str, ...] = ()
    reply: PublicReply | None = None


def verify(snapshot: PublicSnapshot, text: str) -> Verified:
    text = text.strip()[:LONGEST]
    numbers = set(_NUMBER.findall(text.upper()))
    named = _named(snapshot, numbers)
    given = sentences(text)
    if named is not None and (_only_a_number(text) or not given):
        return named
    prints = {fingerprint(sentence) for sentence in given}
    ranked = [(len(prints.intersection(said)), order, one) for said, order, one in _said(snapshot, numbers)]
    shared, _, best = max(ranked, key=lambda row: row[:2], default=(0, (False, 0), None))
    if best is None or not shared:
        if named is None:
            return Verified(Verdict.UNKNOWN, foreign=tuple(given))
        return Verified(Verdict.ALTERED, named.notice, None, tuple(given), named.reply)
    ours = best.version.sentences if best.version else best.reply.sentences if best.reply else ()
    foreign = tuple(s for s in given if fingerprint(s) not in ours)
    return replace(best, verdict=Verdict.ALTERED, foreign=foreign) if foreign else best


def _named(snapshot: PublicSnapshot, numbers: set[str]) -> Verified | None:
    """Of a notice as it stands; of replies the newest."""
    for notice in snapshot.notices:
        if notice.id.upper() in numbers:
            return Verified(Verdict.KNOWN, notice, notice.versions[-1] if notice.versions else None)
    reply = next((one for one in snapshot.replies if one.number.upper() in numbers), None)
    return Verified(Verdict.KNOWN, reply=reply) if reply else None


def _only_a_number(text: str) -> bool:
    """A number, or the address of a page, and nothing said beside it."""
    return len(text.split()) == 1 and (text.startswith("http") or bool(_NUMBER.fullmatch(text.upper())))


def _said(
    snapshot: PublicSnapshot, numbers: set[str]
) -> Iterator[tuple[tuple[str, ...], tuple[bool, int], Verified]]:
    """All that was said anywhere, each with its place among those that share as many sentences: what is named
    goes before, then a notice before a reply, then the newest."""
    for notice in snapshot.notices:
        for version in notice.versions:
            verdict = Verdict.GENUINE if version.version == notice.version else Verdict.SUPERSEDED
            order = (notice.id.upper() in numbers, version.version)
            yield version.sentences, order, Verified(verdict, notice, version)
    newest = {one.number: one for one in reversed(snapshot.replies)}
    for n, reply in enumerate(snapshot.replies):
        verdict = Verdict.GENUINE if newest[reply.number] is reply else Verdict.SUPERSEDED
        yield reply.sentences, (reply.number.upper() in numbers, -n), Verified(verdict, reply=reply)
