"""What one person is sent of a bulletin by one channel: a registered template's variables, or free text."""

from dataclasses import replace

from core.model.bulletin import Bulletin, Change, Ending, Supply
from core.model.message import Message, MessageKind
from core.model.notice import QUALITY_KINDS, NoticeKind
from core.model.text import Lang, Text
from response.delivery.spec import CustomerChannel, Template
from response.renderings.headline import headline
from response.renderings.press import press
from response.renderings.sms import sms, variables

_CUTS = frozenset({NoticeKind.EMERGENCY_OUTAGE, NoticeKind.PLANNED_OUTAGE})


def told(bulletin: Bulletin, change: Change, *, weak: bool = False, ending: Ending | None = None) -> Bulletin:
    """The bulletin as somebody is told it who is released while others are still concerned, or who hears of
    it first in an update. weak: the account has water, of low pressure, whatever others have. ending: instead
    of that it is back."""
    if change is Change.RESTORED and ending is not None:
        bulletin = replace(bulletin, ending=ending)
    if weak and bulletin.kind in _CUTS and change in (Change.FIRST, Change.UPDATE):
        bulletin = replace(bulletin, supply=Supply.LOW)
    if change is bulletin.change:
        return bulletin
    if change is Change.RESTORED:
        return replace(
            bulletin,
            change=change,
            restored_ns=bulletin.sent_ns,
            confirmed=bulletin.kind not in QUALITY_KINDS,
            estimate=None,
            overdue=False,
            next_update_ns=None,
            update_late=False,
        )
    return replace(bulletin, change=change)


def template_for(channel: CustomerChannel, bulletin: Bulletin, lang: str) -> Template | None:
    """In the person's language where one is registered, else in the provider's own."""
    fit = [
        one
        for one in channel.templates
        if one.is_for(bulletin.kind, bulletin.ending or bulletin.change, one.lang or lang)
    ]
    fit.sort(key=lambda one: (one.lang != lang, one.lang is not None))
    return fit[0] if fit else None


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
    sign = getattr(channel.via, "sign", "") or bulletin.utility.zh
    link = f"{channel.link}{bulletin.number}" if channel.link else bulletin.url
    zh, en = (sms(bulletin, lang, signature=sign, link=link).text for lang in ("zh", "en"))
    return Text(zh, en)
