"""What an exchange tells of a call, in the fields of Zammad's CTI webhook (facts-water 4.8), and what is kept
of it: once, in whatever order and however often it is told (HL-01)."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_address

from core.model.account import Account
from core.model.event import Event, EventKind
from core.model.person import Person
from core.model.phone_call import Direction, PhoneCall, Stage
from core.model.telephone import PRIVACY_PREFIXES, NumberKind, Telephone, telephone
from core.ports.ledger import Tx
from core.ports.vault import Vault

LONGEST_ID = 250
"""Characters of a call's id, by the webhook's own words."""


NO_END_HEARD = "no_end_heard"
"""Cause of a call that the hub ended, since the exchange told neither an answer nor a hang-up in time."""


@dataclass(frozen=True, slots=True)
class Lasts:
    """How long a call may ring and be spoken, in seconds, before it counts as over."""

    ringing_s: float = 900.0
    spoken_s: float = 14_400.0

    def of(self, stage: Stage) -> int:
        """ns since its beginning."""
        return int((self.ringing_s if stage is Stage.RINGING else self.spoken_s) * 1e9)


class Told(StrEnum):
    NEW = "newCall"
    ANSWER = "answer"
    HANGUP = "hangup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telephony:
    """The exchange as it is configured. token: SHA-256 of the secret in its webhook's address. allow:
    networks that it may call from. area_code: of numbers that are given without one. agents: who
    sits at an extension."""

    token: bytes
    allow: tuple[IPv4Network | IPv6Network, ...]
    area_code: str = ""
    privacy: tuple[str, ...] = PRIVACY_PREFIXES
    agents: Mapping[str, str] = field(default_factory=dict)
    lasts: Lasts = Lasts()

    def admits(self, token: str, host: str) -> bool:
        right = hmac.compare_digest(sha256(token.encode()).digest(), self.token)
        try:
            here = ip_address(host)
        except ValueError:
            return False
        mapped = getattr(here, "ipv4_mapped", None)
        return right and any((mapped or here) in network for network in self.allow)

    def number(self, raw: str | None) -> Telephone:
        return telephone(raw, self.area_code, self.privacy)

    def user(self, named: str) -> str:
        """The user meant by an extension, an address or a name of the exchange's."""
        plain = named.strip()
        return self.agents.get(plain) or self.agents.get(plain.partition("@")[0]) or plain.partition("@")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message. users: names of agents; answering: extension, e-mail or sign-in name of who answered."""

    told: Told
    call: str
    caller: str = ""
    called: str = ""
    direction: Direction = Direction.IN
    users: Sequence[str] = ()
    queue: str | None = None
    answering: str | None = None
    cause: str | None = None


async def hear(tx: Tx, vault: Vault, exchange: Telephony, heard: Heard, now_ns: int) -> PhoneCall:
    """The call as it is known after this message, written and announced where that is news."""
    known = next(iter(await tx.find(PhoneCall, call=heard.call)), None)
    call = known or PhoneCall(
        id=await tx.next_id("TEL", now_ns),
        call=heard.call,
        direction=heard.direction,
        stage=Stage.RINGING,
        began_ns=now_ns,
    )
    number = exchange.number(heard.caller if heard.direction is Direction.IN else heard.called)
    if number.callable and call.kind is NumberKind.WITHHELD:
        accounts = await accounts_of(tx, vault, number)
        call = replace(call, kind=number.kind, accounts=tuple(account.id for account in accounts))
        await vault.put(tx, [Person(id=call.id, account=call.id, phone=number.national)])
    call = _after(call, exchange, heard, now_ns)
    if call != known:
        call = replace(call, seq=call.seq + 1)
        await tx.put(call)
        await tx.emit(event_of(call, now_ns))
    return call


def _after(call: PhoneCall, exchange: Telephony, heard: Heard, now_ns: int) -> PhoneCall:
    """What was told first stands; the stage follows from what is known, not from the order of its telling."""
    agents = [exchange.user(name) for name in heard.users if name.strip()]
    answered_ns, ended_ns, by = call.answered_ns, call.ended_ns, call.answered_by
    cause = call.cause
    if cause == NO_END_HEARD:  # the exchange knows better than the hub, which had only waited
        ended_ns = cause = None
    if heard.told is Told.ANSWER:
        answered_ns = answered_ns or now_ns
        by = by or (exchange.user(heard.answering) if heard.answering else next(iter(agents), None))
    elif heard.told is Told.HANGUP:
        ended_ns = ended_ns or now_ns
    stage = Stage.ENDED if ended_ns else Stage.ANSWERED if answered_ns else Stage.RINGING
    return replace(
        call,
        stage=stage,
        answered_ns=answered_ns,
        ended_ns=ended_ns,
        answered_by=by,
        agents=tuple(dict.fromkeys((*call.agents, *agents, *((by,) if by else ())))),
        queue=call.queue or heard.queue,
        cause=cause or (heard.cause if heard.told is Told.HANGUP else None),
    )


async def accounts_of(tx: Tx, vault: Vault, number: Telephone) -> list[Account]:
    """Whose number it is, by account. Nobody's is an office's, a masked or an internal number."""
    found = [number.national, *number.also] if number.kind is not NumberKind.PRIVACY else []
    ids = {person.account for one in found for person in await vault.by_phone(tx, one)}
    return await tx.find(Account, id=tuple(sorted(ids))) if ids else []


async def number_of(tx: Tx, vault: Vault, call: PhoneCall) -> str | None:
    """As dialled in the country; None where it was withheld."""
    persons = (await vault.of_accounts(tx, [call.id]))[call.id]
    return persons[0].phone if persons else None


def event_of(call: PhoneCall, now_ns: int) -> Event:
    """Nothing of who calls. agents: users at whose screens it is to come up."""
    data = {
        "stage": call.stage.value,
        "direction": call.direction.value,
        "queue": call.queue,
        "agents": list(call.agents),
        "answered_by": call.answered_by,
        "known": bool(call.accounts),
        "seq": call.seq,
    }
    return Event(kind=EventKind.PHONE_CALL, subject=call.id, t_ns=now_ns, data=data)
