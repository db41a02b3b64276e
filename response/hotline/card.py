"""The hotline card: the verdict before the caller has finished the sentence, then the facts behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.model.account import Account, Role, User
from core.model.person import Person
from core.model.phone_call import PhoneCall
from core.model.pressure_unit import PressureUnit
from core.model.text import Text
from core.ports.ledger import Tx
from response import concern, nearby
from response.concern import Concern
from response.hotline import again, beside, recovered, unsaid, who
from response.hotline.around import Neighbours, OrderFacts, Past, neighbours, order_facts, past, public_notes
from response.hotline.desk import Desk
from response.hotline.script import NOT_PUBLISHED, Back, Of, When, back, script
from response.hotline.search.finder import Finding as Found
from response.hotline.search.searching import MOST
from response.hotline.shapes import (
    Action,
    Card,
    standing_of,
)
from response.hotline.telephony import number_of
from response.hotline.triage import TREE
from response.named import phone_call_of
from response.nearby import SensorNow
from response.notices.standing import Supplied, supply_at
from response.questions import questions
from response.refused import NotPermitted, Refused
from response.verdict import Confidence, Finding, Verdict, judge, low, measured

ALLOWED = frozenset({Role.HOTLINE, Role.DUTY_MANAGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """text: whatever was typed, found by its look. call: the hub's id of a telephone call; alone it stands
    for its number."""

    tel: str | None = None
    account: str | None = None
    address: str | None = None
    text: str | None = None
    call: str | None = None

    @property
    def one(self) -> str | None:
        """The name of the one thing asked; None where it is none or several."""
        given = [n for n in ("tel", "account", "address", "text") if (getattr(self, n) or "").strip()]
        if not given and self.call:
            return "call"
        return given[0] if len(given) == 1 else None


async def card(desk: Desk, asked: Asked, *, user: User, now_ns: int) -> Card:
    """Each account shown is on record.

    Raises NotPermitted for a role that may not see customers, Refused `one_question` when not exactly one
    thing is asked, Unknown for a call that is not there."""
    if user.role not in ALLOWED:
        raise NotPermitted("role", Text("您的角色不能查看用户资料", "your role may not see customers"))
    if asked.one is None:
        why = Text("请给出电话、户号或地址之一", "give one of telephone, account or address")
        raise Refused("one_question", why)
    async with desk.ledger.read() as tx:
        call, number = await _call(desk, tx, asked)
        found = await _found(desk, tx, asked, call, number)
        shown = found.accounts[:MOST]
        chosen = shown[0] if shown and len({a.node for a in shown}) == 1 and found.n <= MOST else None
        known = await _known(desk, tx, chosen, now_ns) if chosen else None
        linked = await who.linked(tx, call)
    persons = await _opened(desk, shown, user, now_ns, _purpose(asked), call, _incident(known))
    one = chosen if chosen and len(shown) == 1 else None
    head = Card(
        verdict=None,
        words=who.whom(found, call if asked.one == "call" else None),
        confidence=Confidence.NONE,
        matches=who.matches(found, shown, persons) if len(shown) > 1 else (),
        n_matches=found.n,
        ready=found.ready,
        caller=who.caller(call, number, persons[one.id] if one else ()),
        linked=linked,
        account=who.facts(desk.plant, one, persons[one.id], asked.tel or number) if one else None,
        questions=questions(None),
    )
    return head if known is None or chosen is None else await _told(desk, head, chosen, known, now_ns)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ledger says of an account. beside: where nothing reaches it."""

    supplied: Supplied
    concerns: list[Concern]
    beside: beside.Beside
    unsaid: list[Text]
    taken_back: list[Text]
    orders: tuple[OrderFacts, ...]
    neighbours: Neighbours
    past: Past


async def _known(desk: Desk, tx: Tx, account: Account, now_ns: int) -> _Known:
    concerns = await concern.of_account(tx, account)
    aside = beside.Beside() if concerns else await beside.beside(tx, account, now_ns)
    orders = {order.id: order for one in concerns or aside.shown for order in one.orders}
    said = [one.notice.incident for one in concerns or aside.shown if not one.still_located]
    return _Known(
        await supply_at(tx, desk.plant, account, now_ns, concerns),
        concerns,
        aside,
        await unsaid.unsaid(tx, desk.plant, account, said),
        await unsaid.taken_back(tx, concerns),
        tuple([order_facts(desk.plant, o, await public_notes(tx, o.id)) for o in orders.values()]),
        await neighbours(tx, desk.plant, account, now_ns),
        await past(tx, account, now_ns),
    )


async def _told(desk: Desk, head: Card, account: Account, known: _Known, now_ns: int) -> Card:
    """With the verdict and all that stands behind it."""
    sensors = await nearby.sensors(
        desk.instruments, desk.live, desk.historian, account.node, account.zone, now_ns, desk.remembered
    )
    one = head.account
    unit = desk.plant.utility.pressure_unit
    finding = judge(known.concerns, sensors, now_ns, unit)
    if not known.concerns:
        finding = beside.told(known.beside, measured(sensors, now_ns, unit), now_ns) or finding
    concerns = _shown(known)
    as_of_ns = max((s.at_ns for s in sensors if s.at_ns is not None), default=None)
    return replace(
        head,
        account=replace(one, supplied=known.supplied) if one else None,
        verdict=finding.verdict,
        words=finding.words,
        confidence=finding.confidence,
        as_of_ns=as_of_ns,
        data_age_s=None if as_of_ns is None else max(0.0, (now_ns - as_of_ns) / 1e9),
        back=_back(known, finding, now_ns),
        standing=tuple(standing_of(c) for c in concerns),
        orders=known.orders,
        sensors=sensors,
        neighbours=known.neighbours,
        past=known.past if one else None,
        script=script(
            finding, concerns, account.segment if one else None, _beside(known, low(sensors, now_ns), unit)
        ),
        triage=TREE if finding.verdict in _INDOORS else (),
        action=_action(known) if one else Action.REPORT,
        questions=questions(finding.verdict),
    )


def _back(known: _Known, finding: Finding, now_ns: int) -> Back:
    """Of what goes on beside the address no time may be promised."""
    concerns = _shown(known)
    aside = known.beside
    told = back(concerns, now_ns, None if concerns else aside.restored or aside.off, low=aside.low)
    if told.when is When.UNKNOWN and known.unsaid:
        return replace(told, when=When.NOT_PUBLISHED, words=NOT_PUBLISHED, of=Of.PRESSURE)
    if finding.verdict is Verdict.PRESSURE_RECOVERED and known.beside.recovered is not None:
        return recovered.back(known.beside.recovered)
    return told


def _beside(known: _Known, weak: Sequence[SensorNow], unit: PressureUnit) -> list[Text]:
    gone = known.beside.recovered if not _shown(known) else None
    said = [recovered.internal(gone)] if gone is not None else []
    said += [again.internal(one) for one in _shown(known) if one.reason == again.AGAIN]
    low_now = unsaid.measured_low(weak, unit) if known.unsaid else ()
    return [*said, *known.taken_back, *known.unsaid, *low_now]


_INDOORS = frozenset(
    {Verdict.NOTHING_KNOWN, Verdict.PRESSURE_RECOVERED, Verdict.RESTORED, Verdict.CALLED_OFF}
)
"""Where it may be indoors."""


def _shown(known: _Known) -> list[Concern]:
    """What reaches the caller; where nothing does, what is repaired beside."""
    return known.concerns or known.beside.shown


def _action(known: _Known) -> Action:
    if known.past.case:
        return Action.CASE
    return Action.LINK if _shown(known) else Action.REPORT


async def _call(desk: Desk, tx: Tx, asked: Asked) -> tuple[PhoneCall | None, str | None]:
    if asked.call is None:
        return None, None
    call = await phone_call_of(tx, asked.call)
    return call, await number_of(tx, desk.vault, call)


async def _found(desk: Desk, tx: Tx, asked: Asked, call: PhoneCall | None, number: str | None) -> Found:
    finder = desk.finder
    if asked.text:
        return await finder.find(tx, asked.text)
    if asked.account:
        return await finder.by_code(tx, asked.account)
    if asked.address:
        return await finder.by_address(tx, asked.address)
    if call is not None and not asked.tel:
        return await finder.by_call(tx, call, number)
    return await finder.by_phone(tx, asked.tel or "")


def _purpose(asked: Asked) -> str:
    return "hotline:tel" if asked.one in ("tel", "call") else "hotline:search"


def _incident(known: _Known | None) -> str | None:
    return next((c.notice.incident for c in _shown(known) if c.notice.incident), None) if known else None


async def _opened(
    desk: Desk,
    accounts: Sequence[Account],
    user: User,
    now_ns: int,
    purpose: str,
    call: PhoneCall | None,
    incident: str | None,
) -> dict[str, list[Person]]:
    """Who is behind the accounts, on record in the transaction that opens them."""
    if not accounts:
        return {}
    ids = [account.id for account in accounts]
    async with desk.ledger.begin() as tx:
        persons = await desk.vault.shown(tx, ids, user=user.id, at_ns=now_ns, purpose=purpose)
        if call is not None and incident is not None:
            await _knows(tx, call.id, incident, now_ns)
    return persons


async def _knows(tx: Tx, call_id: str, incident: str, now_ns: int) -> None:
    """The call's agent has been shown the incident, where that is the first time (HL-42). The call is as it
    stands now: while the card was made, the exchange may have told that it was answered, or is over."""
    call = await tx.get(PhoneCall, call_id)
    if call is not None and call.shown_ns is None:
        await tx.put(replace(call, shown_ns=now_ns, incident=incident, seq=call.seq + 1))
