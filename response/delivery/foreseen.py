"""What people would be sent if a version were published now, read before it is: each text that differs, as
the provider sends it, and how many get it. The sending's own rules; nothing is written (ON-02, ON-25)."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.model.bulletin import Bulletin, Supply
from core.model.mailing import Because, Letter, LetterState
from core.model.notice import Change
from core.model.notice_version import NoticeReach, NoticeVersion
from core.model.plant import Plant
from core.model.text import LANGS, Lang, Text
from core.ports.ledger import Tx
from response.affected import LOW_PRESSURE
from response.bulletins import as_of, bulletin_of
from response.delivery.addressing import streets_in
from response.delivery.as_sent import AsSent, as_sent
from response.delivery.composing import placed, told
from response.delivery.mailings import exercised, mailing_of, matter_of
from response.delivery.planning import CHUNK, Planner
from response.delivery.spec import CustomerChannel, DeliveryFile
from response.doubt import doubted
from response.renderings.cap_meaning import MAY_BE_OFF

RELEASED = "released"
SOON_NS = 60 * 1_000_000_000
"""What goes within so long goes now."""
_SUPPLY = {Supply.NONE: "no_water", Supply.LOW: LOW_PRESSURE}


@dataclass(frozen=True, slots=True)
class Told:
    """told: a `Change`, an `Ending`, or `released` of whom it is over for while others are still concerned.
    supply: as they have it, or had."""

    told: str
    supply: str


@dataclass(frozen=True, slots=True)
class Sent:
    """of: who is told this. people: by language. places: how many streets it names, each to its own."""

    channel: CustomerChannel
    of: tuple[Told, ...]
    people: Mapping[Lang, int]
    places: int
    texts: Mapping[Lang, AsSent]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """accounts: looked at. people: who get a message. nobody: accounts that no channel reaches. night: people
    who get it in the morning. exercise: nothing is sent."""

    accounts: int
    people: int
    nobody: int
    night: int
    exercise: bool
    sent: tuple[Sent, ...]


async def foreseen(
    tx: Tx, planner: Planner, file: DeliveryFile, plant: Plant, version: NoticeVersion, reach: NoticeReach
) -> Foreseen:
    """version, reach: as they would be published now."""
    now_ns = version.sent_ns or 0
    bulletin = exercised(bulletin_of(version, plant), file)
    mailing = mailing_of(version.id, bulletin, moved=version.moved, made_ns=bulletin.sent_ns)
    matter = await matter_of(tx, mailing, version, reach)
    made, streets, nobody = dict[str, Letter](), dict[str, Text](), 0
    for start in range(0, len(matter.accounts), CHUNK):
        chunk = matter.accounts[start : start + CHUNK]
        looked, missing = await planner.look(tx, mailing, chunk, matter, made)
        fresh = [one.letter for one in looked if isinstance(one.letter, Letter)]
        for gone in (one.own for one in looked if isinstance(one.letter, Because)):
            made.pop(gone.person if gone else "", None)
        made |= {letter.person: letter for letter in fresh}
        streets |= await streets_in(tx, version, fresh)
        nobody += missing
        await asyncio.sleep(0)
    bulletin = as_of(mailing.bulletin, now_ns)
    return Foreseen(
        accounts=len(matter.accounts),
        people=len(made),
        nobody=nobody,
        night=sum(waits_for_morning(one, now_ns) for one in made.values()),
        exercise=any(one.state is LetterState.EXERCISE for one in made.values()),
        sent=texts_of(file, bulletin, made.values(), streets),
    )


def waits_for_morning(letter: Letter, now_ns: int) -> bool:
    due_ns = letter.due_ns if letter.state is LetterState.QUEUED else None
    return due_ns is not None and due_ns > now_ns + SOON_NS


def texts_of(
    file: DeliveryFile, bulletin: Bulletin, letters: Iterable[Letter], streets: Mapping[str, Text]
) -> tuple[Sent, ...]:
    """Those alike put together, in the order of the channels."""
    alike = defaultdict[tuple[object, ...], list[Letter]](list)
    for one in letters:
        alike[one.channel, one.change, one.weak, one.ending].append(one)
    merged = dict[tuple[object, ...], Sent]()
    for group in alike.values():
        channel = file.channel(group[0].channel)
        if channel is None:
            continue
        made = _texts(bulletin, channel, group, streets)
        key = (channel.id, *(made.texts[lang] for lang in LANGS))
        merged[key] = _both(merged[key], made) if key in merged else made
    order = [one.id for one in file.channels]
    return tuple(sorted(merged.values(), key=lambda one: (order.index(one.channel.id), _first(one.of[0]))))


def _first(one: Told) -> tuple[bool, str, str]:
    """Who is without water stands before who has it."""
    return one.supply == LOW_PRESSURE, one.told, one.supply


def _texts(
    bulletin: Bulletin, channel: CustomerChannel, group: list[Letter], streets: Mapping[str, Text]
) -> Sent:
    """Of several streets that which most of them are of."""
    one = group[0]
    said = told(bulletin, one.change, weak=one.weak, ending=one.ending)
    own = Counter(streets.get(letter.account) for letter in group)
    places = {placed(said, bulletin, channel, street).area for street in own}
    said = placed(said, bulletin, channel, own.most_common(1)[0][0])
    people = Counter(letter.lang for letter in group)
    return Sent(
        channel=channel,
        of=(Told(_what(bulletin, one), LOW_PRESSURE if one.weak else _supply(bulletin)),),
        people={lang: people[lang] for lang in LANGS},
        places=len(places),
        texts={lang: as_sent(said, channel, lang) for lang in LANGS},
    )


def _what(bulletin: Bulletin, letter: Letter) -> str:
    if letter.ending is not None:
        return letter.ending.value
    over = letter.change is Change.RESTORED and bulletin.change is not Change.RESTORED
    return RELEASED if over else letter.change.value


def _supply(bulletin: Bulletin) -> str:
    """No surer than the headline."""
    if doubted(bulletin.kind, bulletin.supply, bulletin.site):
        return MAY_BE_OFF
    return _SUPPLY.get(bulletin.supply, bulletin.supply.value)


def _both(one: Sent, other: Sent) -> Sent:
    return Sent(
        channel=one.channel,
        of=tuple(sorted({*one.of, *other.of}, key=_first)),
        people={lang: one.people[lang] + other.people[lang] for lang in LANGS},
        places=max(one.places, other.places),
        texts=one.texts,
    )
