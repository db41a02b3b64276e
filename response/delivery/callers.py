"""Callers who were promised to hear when water is back (HL-14): whom an incident owes it, and what they are
told where the public was told nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.model.bulletin import Bulletin, Ending
from core.model.incident import Incident, IncidentKind, IncidentState
from core.model.mailing import Letter, LetterState, Mailing
from core.model.notice import Change, Notice, NoticeKind, NoticeState, Supply
from core.model.notice_version import NoticeVersion, VersionState
from core.model.phone_call import PhoneCall
from core.model.plant import Plant
from core.model.report import Report
from core.model.text import Text
from core.model.valve_operation import Turning
from core.model.work_order import WorkOrder
from core.ports.ledger import Page, Tx
from response.notices.again import taken_back
from response.renderings.sms import VARIABLE
from response.site import BACK, Work, back_since, recorded, stopped_by_others, unproven, work_of

LOOKED_AT = 200
"""Nobody has to close an incident: in time many have recovered."""
_STANDS = NoticeState.PUBLISHED
_DAY_NS = 24 * 3600 * 1_000_000_000
_REPAIRED = Text("供水管道抢修", "repair of a water main")
_YOURS = Text("您所在的区域", "your area")
_NORMAL = Text("供水已恢复正常。", "The supply is back to normal.")
_ADVICE = Text(
    "请先从冷水龙头放水至清；如仍有问题请致电热线。",
    "Run the cold tap until the water is clear; call the hotline if anything is still wrong.",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """account: theirs, or the call's own id, under which the vault keeps the number that called. placed: it
    is known from where."""

    account: str
    at_night: bool
    placed: bool = True


async def callers(tx: Tx, incident: str | None, after_ns: int = 0) -> dict[str, Caller]:
    """Who wants to hear of it, by account or call. after_ns: when those before heard that it was over."""
    found: dict[str, Caller] = {}
    said = await reports_of(tx, (incident,)) if incident else ()
    for report in (one for one in said if one.wants_update and one.at_ns > after_ns):
        key = report.account
        if key is None and report.call is not None:
            calls = await tx.find(PhoneCall, call=report.call)
            key = calls[0].id if calls else None
        if key is None:
            continue
        before = found.get(key)
        at_night = report.at_night or (before is not None and before.at_night)
        found[key] = Caller(key, at_night, report.account is not None)
    return found


async def reports_of(tx: Tx, incidents: tuple[str, ...]) -> Iterable[Report]:
    """Linked to one of the incidents, or to one of their orders."""
    orders = tuple(order.id for order in await tx.find(WorkOrder, incident=incidents))
    linked = await tx.find(Report, incident=incidents)
    linked += await tx.find(Report, work_order=orders) if orders else []
    return {one.id: one for one in linked}.values()


def _brief(name: Text) -> bool:
    """Nobody reads these before they go: what a template cannot hold is not said."""
    return max(len(name.zh), len(name.en)) <= VARIABLE


async def unpublished(tx: Tx, incident: Incident, notices: Sequence[Notice]) -> bool:
    """Whether it is over, nothing was published of it since it was over the last time, if it was, but what
    was taken back, and callers wait to hear. Of doubtful water nothing is ever told by itself, nor that water
    is back where crews have recorded it shut off."""
    if incident.state not in BACK or incident.kind is IncidentKind.WATER_QUALITY:
        return False
    if (await work_of(tx, incident.id)).held_off:
        return False
    ends = await told_over(tx, incident.id, notices)
    told_ns = max(ends, default=0)
    ended = [one for one in notices if one.state is NoticeState.RESTORED and one.published_ns]
    ids = tuple(one.id for one in notices if one not in ended and not taken_back(one))
    said = await tx.find(NoticeVersion, notice=ids, state=VersionState.PUBLISHED) if ids else []
    if any((one.sent_ns or 0) > told_ns for one in said) or any(one.state is _STANDS for one in notices):
        return False
    if ends and not await off_since(tx, incident, told_ns):
        return False
    return bool(await callers(tx, incident.id, told_ns))


async def told_over(tx: Tx, incident: str, notices: Iterable[Notice]) -> list[int]:
    """When people were told that it is over: by notices, or callers alone."""
    ends = [one.restored_ns for one in notices if one.published_ns and one.state is NoticeState.RESTORED]
    alone = await tx.find(Mailing, notice=incident)
    return [ns for ns in ends if ns is not None] + [one.made_ns for one in alone]


async def off_since(tx: Tx, incident: Incident, told_ns: int) -> bool:
    """Whether water was off again since then, by its signals or by what crews recorded."""
    orders, log = await recorded(tx, incident.id)
    shut = (one.when_ns for one in log if one.turning is Turning.CLOSE)
    off = (*shut, *stopped_by_others(orders), incident.back_ns or 0)
    return any(at_ns > told_ns for at_ns in off)


def over(incident: Incident, plant: Plant, work: Work, now_ns: int, mailing: str) -> Bulletin:
    """That water is back, to callers alone; since when, where that is known. Of what they alone spoke of, and
    nobody repaired, that no more of them do. Its number is the incident's, under which a page explains it."""
    zone, utility = plant.zones.get(incident.zone or ""), plant.utility
    back_ns, quiet = back_since(incident, work), unproven(incident, work)
    return Bulletin(
        number=incident.id,
        version=1,
        identifier=f"urn:waterhub:{utility.id}:{mailing.replace('.', ':')}",
        sender=utility.sender,
        kind=NoticeKind.EMERGENCY_OUTAGE,
        supply=Supply.NONE,
        change=Change.RESTORED,
        sent_ns=now_ns,
        starts_ns=incident.opened_ns,
        restored_ns=back_ns or now_ns,
        confirmed=back_ns is None,
        expires_ns=now_ns + _DAY_NS,
        utility=utility.name,
        hotline=utility.hotline,
        hotline_hours=utility.hotline_hours,
        title=_NORMAL,
        area=zone.name if zone and _brief(zone.name) else _YOURS,
        reason=_REPAIRED,
        description=_NORMAL,
        instruction=_ADVICE,
        incident=incident.id,
        url=f"{utility.site}/n/{incident.id}",
        ending=Ending.QUIET if quiet else None,
    )


@dataclass(frozen=True, slots=True)
class Owed:
    """callers of the incident who wait for people to publish that water is back; since when it is, where
    that is known."""

    incident: str
    callers: int
    back_ns: int | None


async def unkept(tx: Tx, now_ns: int, limit: int) -> tuple[list[Letter], list[Owed]]:
    """Letters whose time is over, the latest so many; and of the newest LOOKED_AT incidents that recovered
    those of which callers have not heard. None is owed where crews have recorded water shut off."""
    late = await tx.within(Letter, "owed_ns", 0, now_ns, limit)
    recovered = {
        one.id: one for one in await tx.find(Incident, Page(LOOKED_AT), state=IncidentState.RESTORED)
    }
    about = {id: id for id in recovered}
    if recovered:
        about |= {one.id: one.incident or "" for one in await tx.find(Notice, incident=tuple(recovered))}
    mailings = await tx.find(Mailing, notice=tuple(about)) if about else []
    told = dict[str, int]()
    for one in mailings:
        if one.bulletin.change is Change.RESTORED:
            told[about[one.notice]] = max(told.get(about[one.notice], 0), one.made_ns)
    waiting = []
    for id, incident in reversed(recovered.items()):
        if not (n := len(await callers(tx, id, told.get(id, 0)))):
            continue
        if id in told and not await off_since(tx, incident, told[id]):
            continue
        work = await work_of(tx, id)
        if not work.held_off:
            waiting.append(Owed(id, n, back_since(incident, work)))
    return late, waiting


def kept(letter: Letter, now_ns: int) -> bool:
    """Whether a promise is kept, or has still time."""
    told = letter.state in (LetterState.SENT, LetterState.DELIVERED, LetterState.READ)
    if told and letter.promised_ns is not None and letter.sent_ns is not None:
        return letter.sent_ns <= letter.promised_ns
    return told or letter.promised_ns is None or now_ns <= letter.promised_ns
