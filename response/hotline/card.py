"""The hotline card: the verdict before the caller has finished the sentence, then the facts behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.account import AccessRecord, Account, Role, Segment, User
from core.model.notice import NoticeState, Progress
from core.model.person import Person, phone_key
from core.model.plant import Plant
from core.model.text import Text
from core.ports.historian import Historian
from core.ports.ledger import Ledger, Tx
from core.ports.vault import Vault
from core.runtime.live import LiveTable
from response import addresses, concern, nearby
from response.concern import Concern
from response.nearby import SensorNow
from response.progress import stages
from response.questions import Question, questions
from response.refused import NotPermitted, Refused
from response.verdict import Confidence, Verdict, judge

ALLOWED = frozenset({Role.HOTLINE, Role.DUTY_MANAGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """Who is calling, as far as an agent needs it: never a whole name or telephone number."""

    id: str
    label: str
    tel_masked: str
    address: str
    building: str
    storey: int
    zone: str
    zone_name: Text
    meter: str
    segment: Segment
    secondary_supply: bool


@dataclass(frozen=True, slots=True)
class Match:
    """One of several accounts that a question may mean."""

    account: str
    label: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A notice or draft that reaches the caller, and what hangs on it."""

    notice: str
    notice_state: NoticeState
    notice_version: int
    title: Text
    incident: str | None
    work_orders: tuple[str, ...]
    supply: str
    reason: str
    eta_earliest_ns: int | None
    eta_latest_ns: int | None
    next_update_ns: int | None
    published_ns: int | None
    progress: tuple[tuple[Progress, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """verdict is None while it is not known who is meant: `matches` then holds the choice (at most 20 of
    n_matches), or nothing was found. as_of_ns: the newest reading shown; None when there is none."""

    verdict: Verdict | None
    words: Text
    confidence: Confidence
    as_of_ns: int | None = None
    data_age_s: float | None = None
    account: AccountFacts | None = None
    matches: tuple[Match, ...] = ()
    n_matches: int = 0
    standing: tuple[Standing, ...] = ()
    sensors: tuple[SensorNow, ...] = ()
    questions: tuple[Question, ...] = ()


async def card(
    ledger: Ledger,
    vault: Vault,
    plant: Plant,
    live: LiveTable,
    *,
    tel: str | None = None,
    account: str | None = None,
    address: str | None = None,
    user: User,
    now_ns: int,
    historian: Historian | None = None,
) -> Card:
    """By exactly one of tel, account or address. Each account shown leaves an AccessRecord.

    Raises NotPermitted for a role that may not see customers, Refused `one_question` when not exactly one
    is given."""
    if user.role not in ALLOWED:
        raise NotPermitted("role", Text("您的角色不能查看用户资料", "your role may not see customers"))
    if sum(bool(asked and asked.strip()) for asked in (tel, account, address)) != 1:
        why = Text("请给出电话、户号或地址之一", "give one of telephone, account or address")
        raise Refused("one_question", why)
    async with ledger.read() as tx:
        found = await _accounts(tx, vault, plant, tel, account, address)
        shown = found[: addresses.MOST_MATCHES]
        persons = await vault.of_accounts(tx, (one.id for one in shown))
        chosen = found[0] if found and len({a.node for a in found}) == 1 else None
        concerns = await concern.of_account(tx, chosen) if chosen else []
    await _record(ledger, shown, user, now_ns, "hotline:tel" if tel else "hotline:search")
    matches = tuple(Match(a.id, _names(persons[a.id]), a.address) for a in shown) if len(found) > 1 else ()
    if chosen is None:
        return Card(
            verdict=None,
            words=_whom(len(found)),
            confidence=Confidence.NONE,
            matches=matches,
            n_matches=len(found),
            questions=questions(None),
        )
    sensors = await nearby.sensors(plant, live, historian, chosen.node, chosen.zone, now_ns)
    finding = judge(concerns, sensors, now_ns)
    as_of_ns = max((s.at_ns for s in sensors if s.at_ns is not None), default=None)
    return Card(
        verdict=finding.verdict,
        words=finding.words,
        confidence=finding.confidence,
        as_of_ns=as_of_ns,
        data_age_s=None if as_of_ns is None else max(0.0, (now_ns - as_of_ns) / 1e9),
        account=_facts(plant, chosen, persons[chosen.id], tel) if len(found) == 1 else None,
        matches=matches,
        n_matches=len(found),
        standing=tuple(_standing(c) for c in concerns),
        sensors=sensors,
        questions=questions(finding.verdict),
    )


async def _accounts(
    tx: Tx, vault: Vault, plant: Plant, tel: str | None, account: str | None, address: str | None
) -> list[Account]:
    if tel:
        return await addresses.by_tel(tx, vault, tel)
    if account:
        one = await tx.get(Account, account.strip())
        return [one] if one else []
    return await addresses.by_address(tx, plant, address or "")


async def _record(ledger: Ledger, accounts: list[Account], user: User, now_ns: int, purpose: str) -> None:
    if not accounts:
        return
    async with ledger.begin() as tx:
        for account in accounts:
            id = await tx.next_id("ACC", now_ns)
            await tx.insert(
                AccessRecord(id=id, user=user.id, account=account.id, at_ns=now_ns, purpose=purpose)
            )


def _whom(n: int) -> Text:
    if n == 0:
        return Text(
            "没有找到对应的用户，请询问地址后再查。", "No account was found. Ask for the address and search."
        )
    return Text(f"找到{n}个地址，请与来电人核对。", f"{n} addresses were found. Ask which one is meant.")


def _names(persons: Sequence[Person]) -> str:
    return "、".join(person.name_masked for person in persons if person.name)


def _number(persons: Sequence[Person], asked: str | None) -> str:
    """Of the number asked by, else of the first there is; masked."""
    known = [person for person in persons if person.phone]
    same = [person for person in known if asked and phone_key(person.phone) == phone_key(asked)]
    return next((person.phone_masked for person in (*same, *known)), "")


def _facts(plant: Plant, account: Account, persons: Sequence[Person], tel: str | None) -> AccountFacts:
    zone = plant.zones.get(account.zone)
    return AccountFacts(
        id=account.id,
        label=_names(persons),
        tel_masked=_number(persons, tel),
        address=account.address,
        building=account.building,
        storey=account.storey,
        zone=account.zone,
        zone_name=zone.name if zone else Text(account.zone, account.zone),
        meter=account.meter,
        segment=account.segment,
        secondary_supply=account.secondary_supply,
    )


def _standing(concern: Concern) -> Standing:
    notice = concern.notice
    order = next(iter(concern.orders), None)
    return Standing(
        notice=notice.id,
        notice_state=notice.state,
        notice_version=notice.version,
        title=notice.title,
        incident=notice.incident,
        work_orders=tuple(order.id for order in concern.orders),
        supply=concern.supply,
        reason=concern.reason,
        eta_earliest_ns=notice.eta_earliest_ns,
        eta_latest_ns=notice.eta_latest_ns,
        next_update_ns=notice.next_update_ns,
        published_ns=notice.published_ns,
        progress=stages(notice, order),
    )
