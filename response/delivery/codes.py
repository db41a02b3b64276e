"""A caller is sent the code by which they follow their report (WO-28): nobody takes 28 characters down over a
telephone. One message a report, to the mobile number of whoever reported, however often it is asked for."""

from dataclasses import dataclass, replace

from core.model.account import User
from core.model.mailing import Because, Letter, LetterState, letter_id
from core.model.notice import Change
from core.model.person import Person, masked_phone
from core.model.report import Report
from core.model.text import Text, listed
from core.model.timer import Timer
from core.ports.ledger import Page, Tx
from core.ports.vault import Vault
from response.delivery.addressing import mobile_of
from response.delivery.spec import CustomerChannel, DeliveryFile
from response.named import report_of
from response.refused import Refused

CODE = "code"
"""The kind of its timers."""
PURPOSE = "hotline:code"
_LOST = (LetterState.FAILED, LetterState.NO_ADDRESS)


@dataclass(frozen=True, slots=True)
class Offer:
    """number: to which it goes, masked. refused: why it cannot go; None where it can, or did. letter: None
    until it is asked for."""

    number: str = ""
    refused: Refused | None = None
    letter: Letter | None = None


async def offer(
    tx: Tx, vault: Vault, file: DeliveryFile | None, report: Report, user: User, now_ns: int
) -> Offer:
    """What the agent is shown beside the code."""
    letter = await letter_of(tx, report.id)
    try:
        number, _, _ = await _ready(tx, vault, file, report, user, now_ns)
    except Refused as no:
        return Offer(refused=None if letter else no, letter=letter)
    return Offer(masked_phone(number), letter=letter)


async def ask(
    tx: Tx, vault: Vault, file: DeliveryFile | None, report_id: str, user: User, now_ns: int
) -> Offer:
    """Queues it; what failed, anew. Raises Unknown; Refused `no_code`, `taken_back`, `no_mobile`,
    `no_channel` or `no_template`."""
    report = await report_of(tx, report_id)
    number, person, channel = await _ready(tx, vault, file, report, user, now_ns)
    letter = await letter_of(tx, report.id)
    if letter is None or letter.state in _LOST:
        exercise = file is not None and file.exercise
        fresh = letter or _letter(report, person)
        letter = replace(
            fresh,
            state=LetterState.EXERCISE if exercise else LetterState.QUEUED,
            channel=channel.id,
            due_ns=None if exercise else now_ns,
            attempts=0,
            receipt=None,
            seq=fresh.seq + 1,
        )
        await tx.put(letter)
        if not exercise:
            await tx.put(Timer(id=f"{CODE}:{letter.id}", kind=CODE, subject=letter.id, due_ns=now_ns))
    return Offer(masked_phone(number), letter=letter)


async def letter_of(tx: Tx, report_id: str) -> Letter | None:
    return next(iter(await tx.find(Letter, mailing=_mailing(report_id))), None)


async def failed(tx: Tx, most: int) -> list[Letter]:
    """Codes that did not reach who asked for them, the newest first."""
    dead = await tx.find(Letter, Page(most), state=LetterState.FAILED)
    return [one for one in dead if one.because is Because.ASKED]


async def person_of(tx: Tx, vault: Vault, report: Report) -> Person | None:
    """Who reported: of their account, or as the vault keeps who called."""
    ids = tuple(dict.fromkeys(id for id in (report.account, report.person) if id))
    found = await vault.of_accounts(tx, ids)
    return next((one for id in ids for one in found[id] if one.id == report.person), None)


async def _ready(
    tx: Tx, vault: Vault, file: DeliveryFile | None, report: Report, user: User, now_ns: int
) -> tuple[str, Person, CustomerChannel]:
    """The number, whose it is, and the channel. That a number is shown is on record."""
    if report.taken_back_ns is not None:
        raise Refused("taken_back", Text("此来电登记已撤回", "this report was taken back"))
    if report.token is None:
        raise Refused("no_code", Text("此来电没有查询码", "this report has no code"))
    person = await person_of(tx, vault, report)
    number = mobile_of(person) if person else ""
    if person is None or not number:
        why = Text(
            "来电人没有留下手机号码，短信发不出去", "the caller left no mobile number to send a message to"
        )
        raise Refused("no_mobile", why)
    channel = _channel(file, person.language)
    await vault.shown(tx, [person.account], user=user.id, at_ns=now_ns, purpose=PURPOSE)
    return number, person, channel


def _channel(file: DeliveryFile | None, lang: str) -> CustomerChannel:
    """The first that sends short messages, and may send this one."""
    phones = [one for one in file.channels if one.address == "phone"] if file else []
    if not phones:
        raise Refused("no_channel", Text("没有配置短信渠道", "no channel for short messages is configured"))
    for channel in phones:
        if not channel.templates or channel.code_template(lang):
            return channel
    named = listed(Text(one.id, one.id) for one in phones)
    why = Text(
        f"短信渠道（{named.zh}）没有报备发送查询码的模板，请系统管理员补充 code_templates",
        f"the gateway ({named.en}) has no registered template for a code: ask for code_templates",
    )
    raise Refused("no_template", why)


def _letter(report: Report, person: Person) -> Letter:
    mailing = _mailing(report.id)
    return Letter(
        id=letter_id(mailing, person.id),
        mailing=mailing,
        notice=report.id,
        version=1,
        person=person.id,
        account=person.account,
        change=Change.FIRST,
        because=Because.ASKED,
        state=LetterState.QUEUED,
        lang=person.language,
    )


def _mailing(report_id: str) -> str:
    return f"{report_id}.{CODE}"
