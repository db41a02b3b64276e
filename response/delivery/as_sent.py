"""A message as it arrives: a registered template with its places filled, or free text; with its signature."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.model.bulletin import Bulletin
from core.model.text import Lang, Text
from response.delivery.composing import composed, template_for
from response.delivery.spec import PLACE, CustomerChannel
from response.renderings.facts import mark
from response.renderings.sms import DoesNotFit, measured

_DOUBLE = re.compile(r"\{\{([^{}\s.]+?)(?:\.DATA)?\}\}", re.IGNORECASE)
_SIGNED = ("【", "(", "[")
_SIGNATURE = re.compile(r"【[^】]*】|\([^)]*\) ?|\[[^\]]*\] ?")


@dataclass(frozen=True, slots=True)
class AsSent:
    """lang: that it is written in, which is the provider's own where none is registered in the reader's.
    parts: what is charged for a short message; 0 of others. why: it cannot go, and there is no text."""

    text: str
    lang: Lang
    template: str = ""
    parts: int = 0
    why: Text | None = None


def as_sent(said: Bulletin, channel: CustomerChannel, lang: Lang) -> AsSent:
    """said: as these people are told it."""
    try:
        made = composed(said, channel, "", "", lang)
    except DoesNotFit as error:
        why = Text(f"短信过长，需要 {error.parts} 条", f"too long, {error.parts} parts")
        return AsSent("", lang, why=why)
    except LookupError:
        return AsSent("", lang, why=Text("没有已报备的模板", "no registered template is for it"))
    template = template_for(channel, said, lang) if made.template else None
    if template is None:
        text, written = made.body.in_(lang), lang
    else:
        text, written = filled(template.text, dict(made.variables)), template.lang or "zh"
    text = signed(text, channel.sign) if channel.address == "phone" else text
    text = marked(text, mark(said).in_(written)) if template else text
    if channel.address != "phone":
        return AsSent(text, written, made.template)
    return AsSent(text, written, made.template, measured(text).parts)


def filled(text: str, variables: Mapping[str, str]) -> str:
    """Where the template's text is not configured, what fills it."""
    if not text:
        return " · ".join(variables.values())

    def value(found: re.Match[str]) -> str:
        return variables.get(found[1] or found[2], found[0])

    return PLACE.sub(value, plain(text))


def plain(text: str) -> str:
    """With `{thing2}` for `{{thing2.DATA}}`, which WeChat prints."""
    return _DOUBLE.sub(r"{\1}", text)


def marked(text: str, mark: str) -> str:
    """What is no real notice says so first, behind the signature: a registered template has no place for it,
    and is sent to nobody then."""
    end = _SIGNATURE.match(text)
    at = end.end() if end and mark else 0
    return text[:at] + mark + text[at:]


def signed(text: str, sign: str) -> str:
    """Providers put the registered signature (签名) before what has none."""
    return f"【{sign}】{text}" if sign and text[:1] not in _SIGNED else text
