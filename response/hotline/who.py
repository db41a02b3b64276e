"""Who is calling, as far as an agent needs it: never a whole name or telephone number."""

from collections.abc import Sequence

from core.model.account import Account
from core.model.person import Person, masked_phone, phone_key
from core.model.phone_call import PhoneCall
from core.model.plant import Plant
from core.model.report import Report
from core.model.telephone import NumberKind
from core.model.text import Text
from core.ports.ledger import Tx
from response.hotline.search.finder import Finding as Found
from response.hotline.search.searching import Found as By
from response.hotline.shapes import AccountFacts, Caller, Linked, Match, Sureness

SURE = 8.0
"""An address whose score is so far above the next is the one that is meant; below, it may be."""


def caller(call: PhoneCall | None, number: str | None, persons: Sequence[Person]) -> Caller | None:
    if call is None:
        return None
    bound = bool(number) and any(phone_key(p.phone) == phone_key(number or "") for p in persons)
    own = call.kind in (NumberKind.MOBILE, NumberKind.LANDLINE, NumberKind.FOREIGN)
    return Caller(
        call=call.id,
        number=masked_phone(number or ""),
        kind=call.kind,
        bindable=own and bool(number),
        bound=bound,
    )


async def linked(tx: Tx, call: PhoneCall | None) -> Linked | None:
    """What came of a call already."""
    report = await tx.get(Report, call.report) if call and call.report else None
    return Linked(report.id, report.work_order) if report else None


def matches(found: Found, shown: Sequence[Account], persons: dict[str, list[Person]]) -> tuple[Match, ...]:
    best = found.scores[0] if found.scores else 0.0
    maybe = found.by is By.LAST_FOUR
    return tuple(
        Match(
            account=account.id,
            label=_names(persons[account.id]),
            address=account.address,
            segment=account.segment,
            by=found.by,
            sureness=Sureness.MAYBE if maybe or best - score > SURE else Sureness.SURE,
        )
        for account, score in zip(shown, found.scores, strict=False)
    )


def whom(found: Found, call: PhoneCall | None) -> Text:
    """What the agent does next, where nobody, or several, were found."""
    if call is not None and call.kind is NumberKind.WITHHELD and not found.n and found.ready:
        return Text(
            "来电隐藏了号码，请询问用水地址后查询。",
            "The number is withheld. Ask for the address and search.",
        )
    if not found.ready:
        return Text(
            "地址目录正在生成，请先用电话或户号查询。",
            "The directory of addresses is being made: search by telephone or account meanwhile.",
        )
    if not found.n:
        return Text(
            "没有找到对应的用户，请询问地址后再查。", "No account was found. Ask for the address and search."
        )
    return Text(
        f"找到{found.n}个地址，请与来电人核对。", f"{found.n} addresses were found. Ask which one is meant."
    )


def _names(persons: Sequence[Person]) -> str:
    return " · ".join(person.name_masked for person in persons if person.name)


def _number(persons: Sequence[Person], asked: str | None) -> str:
    """Of the number asked by, else of the first there is; masked."""
    known = [person for person in persons if person.phone]
    same = [person for person in known if asked and phone_key(person.phone) == phone_key(asked)]
    return next((person.phone_masked for person in (*same, *known)), "")


def facts(plant: Plant, account: Account, persons: Sequence[Person], tel: str | None) -> AccountFacts:
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
        language=next((person.language for person in persons), "zh"),
        at_night=any(person.at_night for person in persons),
    )
