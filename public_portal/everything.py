"""All that a version says in words anywhere, in both languages: what a received message is compared with.

Also what customers' channels send of it: free text with their own link, and registered templates as filled.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from core.model.bulletin import Bulletin, Change, Ending
from core.model.text import LANGS, Lang
from response.bulletins import turned
from response.delivery.composing import composed, template_for, told
from response.delivery.spec import CustomerChannel
from response.renderings.headline import headline
from response.renderings.ivr import ivr
from response.renderings.places import at
from response.renderings.press import press
from response.renderings.sms import DoesNotFit, sms
from response.renderings.web import paragraphs

_PLACE = re.compile(r"\$\{(\w+)\}|\{(\w+)\}|#(\w+)#")
"""How gateways write a variable in a template's text."""


def everything(b: Bulletin, channels: Sequence[CustomerChannel] = ()) -> list[str]:
    in_time = _in_time(b)
    said = [words for then in in_time for words in _published(then)]
    people = [one for then in in_time for one in _as_told(then)]
    by_street = [at(one, street) for one in people for street in (None, *(s.name for s in b.streets))]
    for as_told in dict.fromkeys(by_street):
        for channel in channels:
            for lang in LANGS:
                said += _sent(as_told, channel, lang)
    return said


def _in_time(b: Bulletin) -> list[Bulletin]:
    """As it is told while it stands: the promised update, or the estimate, passes without a new one."""
    return [b, *(then for _, then in turned(b))]


def _published(b: Bulletin) -> list[str]:
    texts = [headline(b), paragraphs(b), press(b), ivr(b), b.title, b.instruction]
    return [*(words for text in texts for words in (text.zh, text.en)), *_messages(b)]


def _as_told(b: Bulletin) -> Iterator[Bulletin]:
    """Whoever is released by a version that still concerns others is told that it is over for them; whoever
    has weak water, that it is weak."""
    yield b
    if b.change is Change.RESTORED:
        yield from (told(b, b.change, weak=weak) for weak in (False, True))
    if not b.over:
        yield told(b, b.change, weak=True)
        yield from (told(b, Change.RESTORED, weak=weak) for weak in (False, True))
        yield from (told(b, Change.RESTORED, ending=ending) for ending in Ending)


def _messages(b: Bulletin) -> Iterator[str]:
    for lang in LANGS:
        try:
            yield sms(b, lang, signature=b.utility.in_(lang), link=b.url, most_parts=4).text
        except DoesNotFit:
            continue


def _sent(b: Bulletin, channel: CustomerChannel, lang: Lang) -> Iterable[str]:
    try:
        message = composed(b, channel, "", "", lang)
    except (DoesNotFit, LookupError):
        return
    yield from (message.title.zh, message.title.en, message.body.zh, message.body.en)
    template = template_for(channel, b, lang)
    if template is not None and template.text:
        yield _filled(template.text, dict(message.variables))


def _filled(text: str, values: dict[str, str]) -> str:
    return _PLACE.sub(lambda m: values.get(m[1] or m[2] or m[3], m[0]), text)
