"""Which crew should go (WO-15): every crew with what speaks for and against it, the best first.

Distances are straight lines times 1.4, at town speed: both are this project's own assumptions, to be replaced
where a utility has better. Everything that counts is a term in minutes, so that people can add it up.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.model.flow_lock import FlowLock, Lockable
from core.model.plant import Crew, Plant
from core.model.shanghai import local
from core.model.text import Text
from core.model.usage import Part, PartMove
from core.model.work_order import ON_SITE, WORK_LEFT, WorkOrder
from core.ports.ledger import Tx
from response.orders.against_words import in_words
from response.orders.catalogue import service_of
from response.orders.parts import parts
from response.refused import Refused

ROAD_FACTOR = 1.4
TOWN_KMH = 25.0
TOO_FAR_MIN = 60.0
UNKNOWN_MIN = 30.0
"""Taken for the way of a crew of which nobody knows where it is."""
LOAD_MIN = 45.0
"""For each order that it has on hand."""
NO_PART_MIN = 20.0
"""To fetch a part that is not on its vehicle."""
SHORT_SHIFT_H, SHORT_SHIFT_MIN = 1.0, 30.0


@dataclass(frozen=True, slots=True)
class Term:
    """minutes: what it adds to the time until the crew can be at work there."""

    name: str
    value: float | None
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """against: named reasons why it may not take it from the pool, and takes a reason when it is sent all the
    same. minutes: the sum of its terms."""

    crew: str
    minutes: float
    terms: tuple[Term, ...]
    against: tuple[str, ...] = ()
    away_m: float | None = None
    load: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known when crews are weighed: orders that are not done, by crew; parts on vehicles; who is out
    of use; the part that fits the pipe, where one is known."""

    open_orders: Mapping[str, Sequence[WorkOrder]]
    disabled: frozenset[str]
    fitting: frozenset[str]
    on_vehicle: frozenset[tuple[str, str]]
    skill: str | None
    now_ns: int


async def suggest(tx: Tx, plant: Plant, order: WorkOrder, now_ns: int) -> list[Suggestion]:
    """Those that may go first, by the minutes until they can be at work."""
    facts = await facts_of(tx, order, now_ns)
    weighed = [weigh(plant, crew, order, facts) for crew in plant.crews.values()]
    return sorted(weighed, key=lambda one: (bool(one.against), one.minutes, one.crew))


async def facts_of(tx: Tx, order: WorkOrder, now_ns: int) -> Facts:
    by_crew: dict[str, list[WorkOrder]] = {}
    for one in await tx.find(WorkOrder, state=WORK_LEFT):
        if one.crew and one.id != order.id:
            by_crew.setdefault(one.crew, []).append(one)
    service = await service_of(tx, order)
    articles = (await parts(tx)).values()
    fitting = frozenset(part.id for part in articles if _fits(part, order.diameter_mm))
    stock: dict[tuple[str, str], float] = {}
    for move in await tx.find(PartMove, part=tuple(fitting)) if fitting else ():
        stock[move.place, move.part] = stock.get((move.place, move.part), 0.0) + move.quantity
    locks = await tx.find(FlowLock, kind=Lockable.CREW)
    return Facts(
        open_orders=by_crew,
        disabled=frozenset(lock.subject for lock in locks),
        fitting=fitting,
        on_vehicle=frozenset(key for key, quantity in stock.items() if quantity > 0),
        skill=service.skill if service else None,
        now_ns=now_ns,
    )


def weigh(plant: Plant, crew: Crew, order: WorkOrder, facts: Facts) -> Suggestion:
    mine = facts.open_orders.get(crew.id, ())
    away_m = _away_m(plant, crew, order, mine)
    travel_min = UNKNOWN_MIN if away_m is None else away_m / 1000 / TOWN_KMH * 60
    terms = [Term("travel", None if away_m is None else round(away_m), round(travel_min, 1))]
    terms.append(Term("load", len(mine), len(mine) * LOAD_MIN))
    if facts.fitting:
        has = any((crew.id, part) in facts.on_vehicle for part in facts.fitting)
        terms.append(Term("part", float(has), 0.0 if has else NO_PART_MIN))
    left_h = _left_h(crew, facts.now_ns)
    terms.append(Term("shift_left", round(left_h, 1), SHORT_SHIFT_MIN if left_h < SHORT_SHIFT_H else 0.0))
    return Suggestion(
        crew=crew.id,
        minutes=round(sum(term.minutes for term in terms), 1),
        terms=tuple(terms),
        against=_against(crew, order, facts, travel_min, len(mine)),
        away_m=away_m,
        load=len(mine),
    )


def _against(crew: Crew, order: WorkOrder, facts: Facts, travel_min: float, load: int) -> tuple[str, ...]:
    holding = {
        "disabled": crew.id in facts.disabled,
        "off_shift": not crew.on_shift(local(facts.now_ns).hour),
        "skill": bool(facts.skill and crew.skills and facts.skill not in crew.skills),
        "zone": crew.zone is not None and order.zone is not None and crew.zone != order.zone,
        "load": load >= crew.most_open,
        "too_far": travel_min > TOO_FAR_MIN,
    }
    return tuple(name for name, holds in holding.items() if holds)


def _away_m(plant: Plant, crew: Crew, order: WorkOrder, mine: Sequence[WorkOrder]) -> float | None:
    if order.x is None or order.y is None:
        return None
    at = next(((one.x, one.y) for one in mine if one.state in ON_SITE and one.x is not None), None)
    if at is None and (depot := plant.network.nodes.get(crew.depot or "")):
        at = depot.x, depot.y
    if at is None or at[0] is None or at[1] is None:
        return None
    return math.hypot(order.x - at[0], order.y - at[1]) * ROAD_FACTOR


def _left_h(crew: Crew, now_ns: int) -> float:
    """Hours until its shift ends; a whole day for one that never does, 0 off shift."""
    if (crew.shift_from, crew.shift_to) == (0, 24):
        return 24.0
    at = local(now_ns)
    if not crew.on_shift(at.hour):
        return 0.0
    return (crew.shift_to - at.hour - at.minute / 60) % 24


def _fits(part: Part, diameter_mm: float) -> bool:
    if part.from_mm is None or part.to_mm is None or diameter_mm <= 0:
        return False
    return part.from_mm <= diameter_mm <= part.to_mm


_OVERRULED = frozenset({"off_shift", "skill", "zone"})


async def sent_with_reason(
    tx: Tx, plant: Plant, order: WorkOrder, crew: str | None, reason: str | None, now_ns: int
) -> None:
    """A dispatcher may send a crew that is off shift, without the skill or of another area: with a reason.
    Raises Refused `disabled` or `override_reason`."""
    known = plant.crews.get(crew or "")
    if known is None:
        return
    against = weigh(plant, known, order, await facts_of(tx, order, now_ns)).against
    if "disabled" in against:
        raise Refused("disabled", Text(f"{known.name.zh} 已停用", f"{known.name.en} is out of use"))
    overruled = tuple(one for one in against if one in _OVERRULED)
    if overruled and not (reason and reason.strip()):
        named = in_words(overruled)
        zh = f"该班组不符合（{named.zh}），请填写派工理由"
        why = Text(zh, f"that crew does not fit ({named.en}): say why")
        raise Refused("override_reason", why, overruled)
