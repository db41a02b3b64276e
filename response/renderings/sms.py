"""The text of a short message, and the variables of a registered template.

Lengths are those of 3GPP TS 23.038/23.040: a message in UCS-2 holds 70 code units, one of several parts 67
each; in GSM 7-bit 160 and 153, where a square bracket counts twice. The 【signature】 counts. Only the place
may be shortened: a time, a telephone number or the address of the page is never cut (ON-21).
"""

from dataclasses import dataclass

from core.model.bulletin import Bulletin, Change
from core.model.notice import QUALITY_KINDS
from core.model.shanghai import local, moment
from core.model.text import Lang
from response.renderings import unproven
from response.renderings.facts import (
    ends,
    expected,
    mark,
    name,
    returned,
    undated,
    unrepaired,
    until_lifted,
    what,
)
from response.renderings.headline import shortened
from response.renderings.matter import brief
from response.renderings.places import fitted, forms

UCS2, UCS2_PART = 70, 67
GSM, GSM_PART = 160, 153
VARIABLE = 20
"""Characters that Chinese gateways and WeChat's `thing` take in one variable (facts-water 4.12)."""
SHORTEST_AREA = 4
_GSM_SINGLE = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€\f")


class DoesNotFit(ValueError):
    """However short the place, the rest is too long: `parts` says how many parts it would take."""

    def __init__(self, parts: int) -> None:
        super().__init__(f"the message takes {parts} parts")
        self.parts = parts


@dataclass(frozen=True, slots=True)
class Sms:
    """units: UCS-2 code units, or septets. parts: what is charged."""

    text: str
    units: int
    parts: int
    ucs2: bool


def measured(text: str) -> Sms:
    """How many units and parts a text takes."""
    if all(c in _GSM_SINGLE or c in _GSM_DOUBLE for c in text):
        units = sum(2 if c in _GSM_DOUBLE else 1 for c in text)
        return Sms(text, units, 1 if units <= GSM else -(-units // GSM_PART), False)
    units = len(text.encode("utf-16-be")) // 2
    return Sms(text, units, 1 if units <= UCS2 else -(-units // UCS2_PART), True)


def sms(b: Bulletin, lang: Lang, *, signature: str, link: str, most_parts: int = 2) -> Sms:
    """signature: as registered, without its brackets. link: the short address that ends the message.
    Raises DoesNotFit."""
    for form in forms(b, lang):
        made = measured(_text(b, lang, signature, form, link))
        if made.parts <= most_parts:
            return made
    area = b.area.in_(lang)
    for length in range(len(area), SHORTEST_AREA - 1, -1):
        made = measured(_text(b, lang, signature, shortened(area, length), link))
        if made.parts <= most_parts:
            return made
    made = measured(_text(b, lang, signature, shortened(area, SHORTEST_AREA), link))
    if made.parts > most_parts:
        raise DoesNotFit(made.parts)
    return made


def _text(b: Bulletin, lang: Lang, signature: str, area: str, link: str) -> str:
    said = f"{mark(b).in_(lang)}{_said(b, lang, area)}"
    if lang == "zh":
        return f"【{signature}】{said}。详情：{link} 热线{b.hotline}"
    return f"({signature}) {said}. See {link} Tel {b.hotline}"


def _said(b: Bulletin, lang: Lang, area: str) -> str:
    matter, zh = what(b).in_(lang), lang == "zh"
    if b.ending is not None:
        return unproven.line(b, b.ending, lang, area)
    if b.change is Change.CANCELLED:
        if b.planned:
            return f"{area}{matter}已取消" if zh else f"{area}: called off: {matter}"
        return f"{area}{name(b).zh}已撤销" if zh else f"{area}: withdrawn: {name(b).en}"
    if b.change is Change.RESTORED:
        back = when(b.restored_ns or b.sent_ns, lang)
        if b.kind in QUALITY_KINDS:
            return f"{area}{name(b).zh}{back}已解除" if zh else f"{area}: {name(b).en} lifted {back}"
        sure, since = ("确认于", ", confirmed") if b.confirmed else ("", " since")
        return (
            f"{area}{sure}{back}已{returned(b).zh}，请先放水至清"
            if zh
            else f"{area}: {returned(b).en.lower()} back{since} {back}. Run the tap until clear"
        )
    if b.planned and b.estimate is not None and not b.overdue:
        lasts = _lasts(b.starts_ns, b.estimate.latest_ns, lang)
        return f"{area}{matter}，{lasts}" if zh else f"{area}: {matter}, {lasts}"
    if b.overdue:
        return f"{area}{matter}，{expected(b).zh}" if zh else f"{area}: {matter}; {expected(b).en}"
    if b.estimate is None:
        if until_lifted(b):
            return f"{area}{matter}" if zh else f"{area}: {matter}"
        state = undated(b).en if unrepaired(b) else "return not known yet"
        return f"{area}{matter}，{undated(b).zh}" if zh else f"{area}: {matter}; {state}"
    latest, over = when(b.estimate.latest_ns, lang), ends(b).in_(lang)
    return f"{area}{matter}，预计{latest}前{over}" if zh else f"{area}: {matter}, est. {over} by {latest}"


def when(t_ns: int, lang: Lang) -> str:
    """`11月23日04:00` / `23 Nov 04:00`: the weekday is left out to save room."""
    at = local(t_ns)
    if lang == "zh":
        return f"{at.month}月{at.day}日{at:%H:%M}"
    return moment(t_ns).en.partition(" ")[2].replace(",", "")


def _lasts(begin_ns: int, end_ns: int, lang: Lang) -> str:
    """`11月28日14:09至20:09` / `28 Nov 14:09-20:09`; with both days, whole, where they are two."""
    if local(begin_ns).date() == local(end_ns).date():
        return _span(begin_ns, end_ns, lang)
    return f"{when(begin_ns, lang)}{'至' if lang == 'zh' else ' to '}{when(end_ns, lang)}"


def _span(begin_ns: int, end_ns: int, lang: Lang) -> str:
    """`11月28日14:09至20:09` / `28 Nov 14:09-20:09`; the end's day only where it is another."""
    begin, end = local(begin_ns), local(end_ns)
    if begin.date() == end.date():
        ends_at = f"{end:%H:%M}"
    elif lang == "zh" and (begin.year, begin.month) == (end.year, end.month):
        ends_at = f"{end.day}日{end:%H:%M}"
    else:
        ends_at = when(end_ns, lang)
    return f"{when(begin_ns, lang)}{'至' if lang == 'zh' else '-'}{ends_at}"


def variables(b: Bulletin, lang: Lang = "zh", longest: int = VARIABLE) -> dict[str, str]:
    """For a registered template `{area}{matter}，{when}。编号{number}`: each of VARIABLE characters at the
    most, but for a place of which no whole form has `longest` or fewer; none is cut off. The page's address
    stands in the template itself. Raises DoesNotFit for a number that is longer."""
    if len(b.number) > VARIABLE:
        raise DoesNotFit(-(-len(b.number) // VARIABLE))
    return {
        "area": fitted(b, lang, longest),
        "matter": (unproven.MATTER[b.ending] if b.ending else brief(what(b))).in_(lang),
        "when": _brief(b, lang),
        "number": b.number,
    }


def _brief(b: Bulletin, lang: Lang) -> str:
    zh = lang == "zh"
    if b.ending is not None:
        return unproven.RING[b.ending].in_(lang)
    if b.change is Change.CANCELLED:
        return "已撤销" if zh else "withdrawn"
    if b.change is Change.RESTORED:
        back = when(b.restored_ns or b.sent_ns, lang)
        return (f"{back}已解除" if b.kind in QUALITY_KINDS else f"{back}已恢复") if zh else f"over {back}"
    if b.overdue:
        return "超时，正在重新评估" if zh else "overdue"
    if until_lifted(b):
        return "解除另行公告" if zh else "until further notice"
    if b.estimate is None:
        return undated(b).zh if zh else "being checked" if unrepaired(b) else "not known yet"
    if b.planned:
        begin, whole = when(b.starts_ns, lang), _span(b.starts_ns, b.estimate.latest_ns, lang)
        return whole if len(whole) <= VARIABLE else f"{begin}起" if zh else f"from {begin}"
    latest = when(b.estimate.latest_ns, lang)
    return f"预计{latest}前{ends(b).zh}" if zh else f"est. by {latest}"
