"""What a caller tells, kept once and put where it belongs in one transaction (HL-02, HL-03, HL-09, HL-12)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.model.account import Account, User
from core.model.event import Event, EventKind
from core.model.notice import Affected
from core.model.person import Person, phone_key
from core.model.phone_call import PhoneCall
from core.model.plant import Plant
from core.model.report import Channel, Report, Symptom, TriageAnswer
from core.model.telephone import telephone
from core.model.text import Text
from core.model.work_order import WorkOrder
from core.ports.ledger import Tx
from core.ports.vault import Vault
from response.field_notes import hub_note
from response.hotline.around import homes_of
from response.hotline.placing import Place, Placed, place, place_in_zone
from response.hotline.service_forms import asked
from response.hotline.symptoms import group_of
from response.hotline.telephony import number_of
from response.named import account_of, phone_call_of
from response.notices.rules import HUB
from response.orders import reports
from response.orders.opening import Wish, open_order
from response.refused import Refused, Unknown
from response.service_times import ServiceTimes

GROWS_AT = 3
"""Different buildings outside a footprint from which the same is reported, before its order says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the agent puts down. account: None for a caller whom the hub does not know; zone and address then
    say where. tell: hears when it is over, at_night also between 22:00 and 07:00. apart: not to be put with
    what is known. order: an order is to be opened where none is found.
    service, answers: of the catalogue, and what its form was answered; None where nothing was asked.
    token: by which it is followed, where the citizens' server gave one out already."""

    symptom: Symptom
    channel: Channel = Channel.PHONE
    account: str | None = None
    call: str | None = None
    zone: str | None = None
    street: str | None = None
    address: str | None = None
    text: str | None = None
    since_ns: int | None = None
    outlets: str | None = None
    neighbours: bool | None = None
    tell: bool = False
    at_night: bool = False
    apart: bool = False
    order: bool = False
    triage: tuple[TriageAnswer, ...] = ()
    service: str | None = None
    answers: Mapping[str, str] | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    report: Report
    place: Place
    order: WorkOrder | None


async def keep(
    tx: Tx,
    vault: Vault,
    plant: Plant,
    told: Told,
    actor: User,
    now_ns: int,
    times: ServiceTimes,
) -> Kept:
    """Once a call: the report that stands is the answer to its second telling. Raises Unknown (account,
    call), Refused `linked_elsewhere` where it stands for another, or as `service_forms.asked`."""
    account = await account_of(tx, told.account) if told.account is not None else None
    call = await phone_call_of(tx, told.call) if told.call is not None else None
    if call is not None and call.report is not None:
        standing = await tx.get(Report, call.report)
        if standing is not None:
            _same_account(standing, told)
            order = await tx.get(WorkOrder, standing.work_order) if standing.work_order else None
            return Kept(standing, Place(Placed.OWN_CASE, standing.work_order, standing.incident), order)
    where = await _place(tx, account, told, now_ns)
    service, answers = await asked(tx, told.symptom, told.service, told.answers)
    report = await _report(tx, vault, plant, told, actor, account, call, where, now_ns)
    report = replace(report, work_order=where.order, service=service, answers=answers)
    report = await reports.take(tx, report)
    if report.work_order is None and told.order and group_of(told.symptom) is not None:
        wish = Wish(service=service, report=report.id)
        order = await open_order(tx, plant, wish, actor, now_ns, times)
        report = await tx.get(Report, report.id) or report
    else:
        order = await tx.get(WorkOrder, report.work_order) if report.work_order else None
    if call is not None:
        await tx.put(replace(call, report=report.id, seq=call.seq + 1))
    if where.grows and order is not None:
        await _grown(tx, order, report)
    await tx.emit(event_of(report, now_ns))
    return Kept(report, where, order)


def _same_account(standing: Report, told: Told) -> None:
    """Nobody is answered with another's report and its tracking code."""
    if told.account is not None and standing.account not in (None, told.account):
        why = Text("此来电已登记在另一户名下，请先撤回", "this call is another account's: undo that first")
        raise Refused("linked_elsewhere", why, ("take_back",))


async def bind(tx: Tx, vault: Vault, call_id: str, account_id: str, actor: User, now_ns: int) -> Person:
    """The call's number as one of the account's own (HL-09), on record. Idempotent. Raises Unknown, Refused
    `not_bindable`: withheld, masked and service numbers are nobody's own."""
    call, account = await tx.get(PhoneCall, call_id), await tx.get(Account, account_id)
    if call is None or account is None:
        raise Unknown("unknown", Text("没有该来电或户号", "there is no such call or account"))
    number = await number_of(tx, vault, call)
    if number is None or not telephone(number).bindable:
        why = Text("隐藏号码、隐私号和服务号码不能绑定", "withheld, masked and service numbers are not bound")
        raise Refused("not_bindable", why)
    known = await vault.shown(tx, [account_id], user=actor.id, at_ns=now_ns, purpose="hotline:bind")
    for person in known[account_id]:
        if phone_key(person.phone) == phone_key(number):
            return person
    person = Person(id=f"P-{call.id}", account=account_id, phone=number)
    await vault.put(tx, [person])
    return person


async def _place(tx: Tx, account: Account | None, told: Told, now_ns: int) -> Place:
    if told.apart:
        return Place(Placed.NEW)
    if account is None:
        return await place_in_zone(tx, told.zone, told.symptom)
    return await place(tx, account, told.symptom, now_ns)


async def _report(
    tx: Tx,
    vault: Vault,
    plant: Plant,
    told: Told,
    actor: User,
    account: Account | None,
    call: PhoneCall | None,
    where: Place,
    now_ns: int,
) -> Report:
    id = await tx.next_id("RPT", now_ns)
    node = plant.network.nodes.get(account.node) if account else None
    return Report(
        id=id,
        channel=told.channel,
        at_ns=now_ns,
        symptom=told.symptom,
        text=told.text,
        taken_by=None if actor.id == HUB else actor.id,
        account=account.id if account else None,
        person=await _person(tx, vault, account, call),
        call=call.call if call else None,
        zone=account.zone if account else told.zone,
        street=account.street if account else told.street,
        address=account.address if account else told.address,
        x=node.x if node else None,
        y=node.y if node else None,
        since_ns=told.since_ns,
        outlets=told.outlets,
        neighbours=told.neighbours,
        wants_update=told.tell,
        at_night=told.at_night,
        incident=where.incident,
        triage=told.triage,
        token=told.token,
    )


async def _person(tx: Tx, vault: Vault, account: Account | None, call: PhoneCall | None) -> str | None:
    """Who rang: the account's own person of that number; else whoever the vault keeps under the call's id."""
    number = await number_of(tx, vault, call) if call else None
    known = (await vault.of_accounts(tx, [account.id]))[account.id] if account else []
    for person in known:
        if number and phone_key(person.phone) == phone_key(number):
            return person.id
    if number is None or call is None:
        return known[0].id if known else None
    return call.id


async def _grown(tx: Tx, order: WorkOrder, report: Report) -> None:
    """Says so on the order, once, when several buildings outside tell the same."""
    linked = await tx.find(Report, work_order=order.id)
    homes = await homes_of(tx, linked)
    outside: set[str] = set()
    for id, home in homes.items():
        reached = await tx.find(Affected, account=id)
        if not any(row.supply != "low_pressure" for row in reached):
            outside.add(home.building)
    if len(outside) < GROWS_AT:
        return
    text = Text(
        f"停水范围外已有{GROWS_AT}处来电反映同样情况，请核对范围",
        f"{GROWS_AT} buildings outside the footprint report the same: check how far it reaches",
    )
    await tx.insert(hub_note(order, "growth", text, report.at_ns))


def event_of(report: Report, now_ns: int) -> Event:
    """Of a report: its zone and symptom, and nothing of who."""
    data = {
        "symptom": report.symptom.value,
        "work_order": report.work_order,
        "incident": report.incident,
        "channel": report.channel.value,
    }
    return Event(kind=EventKind.REPORT, subject=report.id, t_ns=now_ns, zone=report.zone, data=data)
