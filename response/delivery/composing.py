"""What one person is sent of a bulletin by one channel: a registered template's variables, or free text."""

from dataclasses import replace

from core.model.bulletin import Bulletin, Change, Ending, Supply
from core.model.message import Message, MessageKind
from core.model.notice import CUTS, QUALITY_KINDS
from core.model.text import Lang, Text
from response.delivery.spec import CustomerChannel, Template, in_language
from response.renderings.facts import lasting
from response.renderings.headline import headline
from response.renderings.places import alone, as_heard, at
from response.renderings.press import press
from response.renderings.sms import sms, variables


def told(bulletin: Bulletin, change: Change, *, weak: bool = False, ending: Ending | None = None) -> Bulletin:
    """The bulletin as somebody is told it who is released while others are still concerned, or who hears of
    it first in an update. weak: the account has water, of low pressure, whatever others have. ending: instead
    of that it is back."""
    if change is Change.RESTORED and ending is not None:
        bulletin = replace(bulletin, ending=ending)
    if weak and bulletin.kind in CUTS:
        apart = change is Change.RESTORED and bulletin.supply is not Supply.LOW
        n = bulletin.weak if apart else bulletin.connections
        bulletin = replace(bulletin, supply=Supply.LOW, connections=n)
    if change in (Change.FIRST, Change.UPDATE):
        return bulletin if change is bulletin.change else replace(bulletin, change=change)
    ended = change is Change.RESTORED and bulletin.change is not change
    over = as_heard(_ended(bulletin) if ended else replace(bulletin, change=change), weak=weak)
    return replace(over, weak=None, streets=tuple(lasting(over)))


def placed(said: Bulletin, bulletin: Bulletin, channel: CustomerChannel, street: Text | None) -> Bulletin:
    """said: of the bulletin, as somebody is told it; with their own street in place of those that it goes on
    for, or of its first where there is room for one."""
    if said.over and not bulletin.over:
        return alone(said, street)
    return said if channel.address == "email" else at(said, street)


def _ended(bulletin: Bulletin) -> Bulletin:
    """For whom it is over while it goes on for others."""
    return replace(
        bulletin,
        change=Change.RESTORED,
        restored_ns=bulletin.sent_ns,
        confirmed=bulletin.kind not in QUALITY_KINDS,
        estimate=None,
        overdue=False,
        next_update_ns=None,
        update_late=False,
    )


def template_for(channel: CustomerChannel, bulletin: Bulletin, lang: str) -> Template | None:
    """In the person's language where one is registered, else in the provider's own."""
    fit = [
        one
        for one in channel.templates
        if one.is_for(bulletin.kind, bulletin.ending or bulletin.change, one.lang or lang)
    ]
    return in_language(fit, lang)


def facts(bulletin: Bulletin, lang: Lang, longest: int) -> dict[str, str]:
    """Raises response.renderings.sms.DoesNotFit."""
    return {
        **variables(bulletin, lang, longest),
        "hotline": bulletin.hotline,
        "utility": bulletin.utility.in_(lang),
    }


def filled(template: Template, bulletin: Bulletin) -> tuple[tuple[str, str], ...]:
    """Raises response.renderings.sms.DoesNotFit."""
    known = facts(bulletin, template.lang or "zh", template.longest)
    return tuple((name, known[fact]) for name, fact in template.variables.items())


def composed(bulletin: Bulletin, channel: CustomerChannel, key: str, to: str, lang: str) -> Message:
    """bulletin: as this person is told it. Raises response.renderings.sms.DoesNotFit, or LookupError where no
    template is registered for it."""
    template = template_for(channel, bulletin, lang) if channel.templates else None
    if channel.templates and template is None:
        raise LookupError(
            f"{channel.id}: no template for {bulletin.kind} {bulletin.ending or bulletin.change}"
        )
    return Message(
        key=key,
        kind=MessageKind.NOTICE,
        to=to,
        title=headline(bulletin),
        body=_body(bulletin, channel),
        subject=bulletin.number,
        priority=3,
        count=0,
        began_ns=bulletin.starts_ns,
        at_ns=bulletin.sent_ns,
        link=bulletin.url,
        lang="en" if lang == "en" else "zh",
        template=template.id if template else "",
        variables=filled(template, bulletin) if template else (),
    )


def _body(bulletin: Bulletin, channel: CustomerChannel) -> Text:
    if channel.address != "phone":
        return press(bulletin)
    if channel.templates:
        return headline(bulletin)
    sign = channel.sign or bulletin.utility.zh
    link = f"{channel.link}{bulletin.number}" if channel.link else bulletin.url
    zh, en = (sms(bulletin, lang, signature=sign, link=link).text for lang in ("zh", "en"))
    return Text(zh, en)
