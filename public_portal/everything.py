"""All that a version says in words anywhere, in both languages: what a received message is compared with.

Also what customers' channels send of it: free text with their own link, and registered templates as filled.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from core.model.bulletin import Bulletin, Change, Ending
from core.model.text import LANGS, Lang
from response.bulletins import turned
from response.delivery.as_sent import filled, plain
from response.delivery.composing import composed, template_for, told
from response.delivery.spec import PLACE, CustomerChannel
from response.renderings.headline import headline
from response.renderings.ivr import ivr
from response.renderings.places import at
from response.renderings.press import press
from response.renderings.sms import DoesNotFit, sms
from response.renderings.web import paragraphs

_HASHED = re.compile(r"#(\w+)#")
"""How some gateways write a variable in a template's text, beside `PLACE`."""


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


def to_callers(b: Bulletin, channels: Sequence[CustomerChannel]) -> list[str]:
    """All that callers alone may have been told by it: none of what a page or a paper would say. Where nobody
    knows that water is back, not that it is."""
    texts = [headline(b), press(b), *(() if b.ending else (ivr(b),))]
    said = [words for text in texts for words in (text.zh, text.en)]
    said += _messages(b)
    return said + [words for channel in channels for lang in LANGS for words in _sent(b, channel, lang)]


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
        values = dict(message.variables)
        text = plain(template.text)
        rows: Iterable[str] = _rows(text) if channel.address == "wechat" else ()
        yield from (_filled(part, values) for part in (text, *rows))


def _filled(text: str, values: dict[str, str]) -> str:
    return _HASHED.sub(lambda m: values.get(m[1], m[0]), filled(text, values))


def _rows(text: str) -> Iterator[str]:
    """A card has each place in a line of its own behind its label, however the text was configured."""
    begin = end = 0
    for place in PLACE.finditer(text):
        if text[end : place.start()].strip() and end:
            yield text[begin:end].strip()
            begin = end
        end = place.end()
    yield text[begin:end].strip()
