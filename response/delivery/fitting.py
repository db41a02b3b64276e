"""Whether a bulletin fits every channel it will go to: asked before it is approved, not when it is sent."""

from dataclasses import dataclass

from core.model.bulletin import Bulletin
from core.model.text import Text
from response.delivery.composing import composed, filled, template_for
from response.delivery.spec import CustomerChannel, DeliveryFile
from response.renderings.sms import DoesNotFit

LINKS = ("http://", "https://", "www.")
"""Providers refuse them in variables: the link stands in the template."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """reason: no_template | too_long | empty | link | text_too_long."""

    channel: str
    reason: str
    why: Text


def misfits(bulletin: Bulletin, file: DeliveryFile | None) -> list[Misfit]:
    """Nothing for a bulletin that every channel can send, or where there is none."""
    found = [one for channel in file.channels for one in _of(bulletin, channel)] if file else []
    return list(dict.fromkeys(found))


def _of(bulletin: Bulletin, channel: CustomerChannel) -> list[Misfit]:
    try:
        if not channel.templates:
            composed(bulletin, channel, "", "", "zh")
            return []
        return [one for lang in ("zh", "en") for one in _template(bulletin, channel, lang)]
    except DoesNotFit as error:
        why = Text(
            f"{channel.id}：短信过长，需要 {error.parts} 条", f"{channel.id}: too long, {error.parts} parts"
        )
        return [Misfit(channel.id, "text_too_long", why)]


def _template(bulletin: Bulletin, channel: CustomerChannel, lang: str) -> list[Misfit]:
    template = template_for(channel, bulletin, lang)
    if template is None:
        why = Text(
            f"{channel.id}：没有已报备的模板适用于此类公告",
            f"{channel.id}: no registered template is for such a notice",
        )
        return [Misfit(channel.id, "no_template", why)]
    found = []
    for name, value in filled(template, bulletin):
        for reason, zh, en in _wrong(value, template.longest):
            why = Text(
                f"{channel.id} 模板 {template.id} 变量 {name}：{zh}",
                f"{channel.id}, template {template.id}, variable {name}: {en}",
            )
            found.append(Misfit(channel.id, reason, why))
    return found


def _wrong(value: str, longest: int) -> list[tuple[str, str, str]]:
    if not value.strip():
        return [("empty", "为空", "it is empty")]
    wrong = []
    if len(value) > longest:
        zh = f"“{value}”有 {len(value)} 字，最多 {longest} 字"
        wrong.append(("too_long", zh, f"“{value}” has {len(value)} characters, {longest} at most"))
    if any(link in value.lower() for link in LINKS):
        wrong.append(("link", "含有链接", "it has a link in it"))
    return wrong
