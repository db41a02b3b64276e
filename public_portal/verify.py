"""Is this really from us? A number, a link or a whole message, against what the notices in force said."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.model.snapshot import PublicNotice, PublicSnapshot, PublicVersion
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
    """foreign: the sentences that are not ours, as they were given."""

    verdict: Verdict
    notice: PublicNotice | None = None
    version: PublicVersion | None = None
    foreign: tuple[str, ...] = ()


def verify(snapshot: PublicSnapshot, text: str) -> Verified:
    text = text.strip()[:LONGEST]
    named = _named(snapshot.notices, text)
    given = sentences(text)
    if named is not None and (_only_a_number(text) or not given):
        return Verified(Verdict.KNOWN, named, named.versions[-1] if named.versions else None)
    best = _best(snapshot.notices, {fingerprint(sentence) for sentence in given})
    if best is None:
        if named is None:
            return Verified(Verdict.UNKNOWN, foreign=tuple(given))
        return Verified(Verdict.ALTERED, named, None, tuple(given))
    notice, version = best
    foreign = tuple(s for s in given if fingerprint(s) not in version.sentences)
    if foreign:
        return Verified(Verdict.ALTERED, notice, version, foreign)
    stands = version.version == notice.version
    return Verified(Verdict.GENUINE if stands else Verdict.SUPERSEDED, notice, version)


def _named(notices: Iterable[PublicNotice], text: str) -> PublicNotice | None:
    numbers = set(_NUMBER.findall(text.upper()))
    return next((notice for notice in notices if notice.id.upper() in numbers), None)


def _only_a_number(text: str) -> bool:
    """A number, or the address of a page, and nothing said beside it."""
    return len(text.split()) == 1 and (text.startswith("http") or bool(_NUMBER.fullmatch(text.upper())))


def _best(notices: Iterable[PublicNotice], given: set[str]) -> tuple[PublicNotice, PublicVersion] | None:
    """The version that shares most sentences, the newest of equals."""
    ranked = [
        (len(given.intersection(version.sentences)), version.version, notice, version)
        for notice in notices
        for version in notice.versions
    ]
    shared = [row for row in ranked if row[0] > 0]
    if not shared:
        return None
    _, _, notice, version = max(shared, key=lambda row: row[:2])
    return notice, version
