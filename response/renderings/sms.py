"""The text of a short message, and the variables of a registered template.

Lengths are those of 3GPP TS 23.038/23.040: a message in UCS-2 holds 70 code units, one of several parts 67
each; in GSM 7-bit 160 and 153, where a square bracket counts twice. The 【signature】 counts. Only the place
may be shortened: a time, a telephone number or the address of the page is never cut (ON-21).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from core.model.bulletin import Bulletin, Change, Estimate
from core.model.notice import QUALITY_KINDS
from core.model.shanghai import local, moment
from core.model.text import Lang, Text
from response.renderings import back as restoration
from response.renderings import cut_short, unproven
from response.renderings.facts import (
    ends,
    expected,
    mark,
    name,
    undated,
    unrepaired,
    until_lifted,
    what,
)
from response.renderings.heed import (
    NOT_BOILED_MATTER,
    again_matter,
    heed,
    less,
    not_boiled,
    safe_again,
)
from response.renderings.matter import brief
from response.renderings.places import cut, fitted, forms, named

UCS2, UCS2_PART = 70, 67
GSM, GSM_PART = 160, 153
VARIABLE = 20
"""Characters that Chinese gateways and WeChat's `thing` take in one variable (facts-water 4.12)."""
RANGE_EN = len("est. normal 23 Nov 18:00-24 Nov 02:00")
"""Characters that any range of an estimate takes in English in one variable."""
NAMED_STREETS = 6
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
        widths = [2 if c in _GSM_DOUBLE else 1 for c in text]
        return Sms(text, sum(widths), _parts(widths, GSM, GSM_PART), False)
    widths = [len(c.encode("utf-16-be")) // 2 for c in text]
    return Sms(text, sum(widths), _parts(widths, UCS2, UCS2_PART), True)


def _parts(widths: Sequence[int], alone: int, part: int) -> int:
    """A character of two units stands whole in one part."""
    if sum(widths) <= alone:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts


def sms(b: Bulletin, lang: Lang, *, signature: str, link: str, most_parts: int = 2) -> Sms:
    """signature: as registered, without its brackets. link: the short address that ends the message. As many
    streets are named as cost no further part. How to use water again is left out where it has no room; that
    boiling does not help never is. Raises DoesNotFit."""
    must = heed(b)
    try:
        return _fitted(b, lang, signature, link, most_parts, must)
    except DoesNotFit:
        if must == less(b):
            raise
        return _fitted(b, lang, signature, link, most_parts, less(b))


def _fitted(b: Bulletin, lang: Lang, signature: str, link: str, most_parts: int, must: Text | None) -> Sms:
    def of(place: str) -> Sms:
        return measured(_text(b, lang, signature, place, link, must))

    several = [of(form) for form in named(b, lang, NAMED_STREETS)]
    least = min(most_parts, several[-1].parts)
    for made in several:
        if made.parts <= least:
            return made
    for form in chain(forms(b, lang), cut(b, lang)):
        made = of(form)
        if made.parts <= most_parts:
            return made
    raise DoesNotFit(made.parts)


def _text(b: Bulletin, lang: Lang, signature: str, area: str, link: str, must: Text | None) -> str:
    said = f"{mark(b).in_(lang)}{_said(b, lang, area)}"
    if must is not None and b.ending is None:
        said += f"{'。' if lang == 'zh' else '. '}{must.in_(lang)}"
    if lang == "zh":
        return f"【{signature}】{said}。详情：{link} 热线{b.hotline}"
    return f"({signature}) {said}. See {link} Tel {b.hotline}"


def _said(b: Bulletin, lang: Lang, area: str) -> str:
    matter, zh = what(b).in_(lang), lang == "zh"
    if b.ending is not None:
        return unproven.line(b, b.ending, lang, area)
    if b.change is Change.CANCELLED:
        if b.planned:
            off = f"{area}{matter}已取消" if zh else f"{area}: called off: {matter}"
            return cut_short.off(b, off, lang)
        return f"{area}{name(b).zh}已撤销" if zh else f"{area}: withdrawn: {name(b).en}"
    if b.change is Change.RESTORED:
        back = when(b.restored_ns or b.sent_ns, lang)
        if b.kind in QUALITY_KINDS:
            return f"{area}{name(b).zh}{back}已解除" if zh else f"{area}: {name(b).en} lifted {back}"
        run = Text("", "") if restoration.unsure(b) else Text("，请先放水至清", ". Run the tap until clear")
        if zh:
            return f"{area}{restoration.since_zh(b, back)}{run.zh}"
        return f"{area}: {restoration.of(b).done.en}{restoration.since_en(b, back)}{run.en}"
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
    back, over = _lasts(b.estimate.earliest_ns, b.estimate.latest_ns, lang), ends(b).in_(lang)
    return f"{area}{matter}，预计{back}{over}" if zh else f"{area}: {matter}, est. {over} {back}"


def when(t_ns: int, lang: Lang) -> str:
    """`11月23日04:00` / `23 Nov 04:00`: the weekday is left out to save room."""
    at = local(t_ns)
    if lang == "zh":
        return f"{at.month}月{at.day}日{at:%H:%M}"
    return moment(t_ns).en.partition(" ")[2].replace(",", "")


def _lasts(begin_ns: int, end_ns: int, lang: Lang) -> str:
    """`11月28日14:09至20:09` / `28 Nov 14:09-20:09`; with both days, whole, where they are two, and one time
    where there is one."""
    if local(begin_ns).date() == local(end_ns).date():
        return _span(begin_ns, end_ns, lang)
    return f"{when(begin_ns, lang)}{'至' if lang == 'zh' else ' to '}{when(end_ns, lang)}"


def _span(begin_ns: int, end_ns: int, lang: Lang) -> str:
    """`11月28日14:09至20:09` / `28 Nov 14:09-20:09`; the end's day only where it is another."""
    begin, end = local(begin_ns), local(end_ns)
    if when(begin_ns, lang) == when(end_ns, lang):
        return when(begin_ns, lang)
    if begin.date() == end.date():
        ends_at = f"{end:%H:%M}"
    elif lang == "zh" and (begin.year, begin.month) == (end.year, end.month):
        ends_at = f"{end.day}日{end:%H:%M}"
    else:
        ends_at = when(end_ns, lang)
    return f"{when(begin_ns, lang)}{'至' if lang == 'zh' else '-'}{ends_at}"


def variables(b: Bulletin, lang: Lang = "zh", longest: int = VARIABLE) -> dict[str, str]:
    """For a registered template `{area}{matter}，{when}。编号{number}`: each of VARIABLE characters at the
    most, but for a place of which no whole form has `longest` or fewer; none is cut off. when_1, when_2: for
    a template that says when in two, in English parted by a space. The page's address stands in the template
    itself. Raises DoesNotFit for a number that is longer."""
    if len(b.number) > VARIABLE:
        raise DoesNotFit(-(-len(b.number) // VARIABLE))
    forms = _brief(b, lang)
    first, second = _in_two(forms, lang, longest)
    return {
        "area": fitted(b, lang, longest),
        "matter": _matter(b).in_(lang),
        "when": next((form for form in forms if len(form) <= longest), forms[-1]),
        "when_1": first,
        "when_2": second,
        "number": b.number,
    }


def _in_two(forms: Sequence[str], lang: Lang, longest: int) -> tuple[str, str]:
    """The first form of which both parts have room, in English whole words; else the last, for who checks it
    to find."""
    for form in forms:
        first, second = _parted(form, lang, longest)
        if len(first) <= longest and 0 < len(second) <= longest:
            break
    return first, second


def _parted(form: str, lang: Lang, longest: int) -> tuple[str, str]:
    if lang == "zh":
        return form[: (len(form) + 1) // 2], form[(len(form) + 1) // 2 :]
    ends = [at for at, letter in enumerate(form) if letter == " "]
    at = max((end for end in ends if end <= longest), default=len(form))
    return form[:at], form[at + 1 :]


def _matter(b: Bulletin) -> Text:
    if b.ending is not None:
        return unproven.matter(b, b.ending)
    if not_boiled(b):
        return NOT_BOILED_MATTER
    if safe_again(b):
        return again_matter(what(b))
    if b.change is not Change.RESTORED or b.kind in QUALITY_KINDS:
        return brief(what(b))
    told = restoration.of(b).matter
    return Text(told.zh or what(b).zh, told.en)


def _brief(b: Bulletin, lang: Lang) -> tuple[str, ...]:
    """When, the whole first; in English of two words at least."""
    if b.ending is not None:
        return (unproven.ring(b, b.ending).in_(lang),)
    if b.overdue and not b.over:
        return ("超时，正在重新评估",) if lang == "zh" else ("overdue, reassessing", "is overdue")
    if b.planned and b.estimate is not None and not b.over:
        begin, whole = when(b.starts_ns, lang), _span(b.starts_ns, b.estimate.latest_ns, lang)
        return whole, f"{begin}起" if lang == "zh" else f"from {begin}"
    if b.estimate is not None and not b.over:
        return _range(b, b.estimate, lang)
    if safe_again(b):
        at = when(b.restored_ns or b.sent_ns, lang)
        return (f"{at}起",) if lang == "zh" else (f"advice over {at}", f"over {at}")
    return (_undated(b, lang),)


def _undated(b: Bulletin, lang: Lang) -> str:
    zh = lang == "zh"
    if b.change is Change.CANCELLED and b.planned:
        return cut_short.brief(b).in_(lang) if b.cut_short else "已取消" if zh else "called off"
    if b.change is Change.CANCELLED:
        return "已撤销" if zh else "now withdrawn"
    if b.change is Change.RESTORED:
        back = Text(*(when(b.restored_ns or b.sent_ns, one) for one in ("zh", "en")))
        if b.kind in QUALITY_KINDS:
            return f"{back.zh}已解除" if zh else f"over {back.en}"
        return restoration.brief(b, back).in_(lang)
    if until_lifted(b):
        return "解除另行公告" if zh else "until further notice"
    return undated(b).zh if zh else "being checked" if unrepaired(b) else "not known yet"


def _range(b: Bulletin, estimate: Estimate, lang: Lang) -> tuple[str, ...]:
    """From when to when it is expected back, as card and page say it; where that has no room, by when."""
    first, last = local(estimate.earliest_ns), local(estimate.latest_ns)
    whole, latest = _span(estimate.earliest_ns, estimate.latest_ns, lang), when(estimate.latest_ns, lang)
    if lang == "en":
        shorter = (f"est. normal {whole}",) if ends(b).en == "back to normal" else ()
        return f"est. {ends(b).en} {whole}", *shorter, f"est. by {latest}"
    dash, over = whole.replace("至", "-"), "解除" if b.kind in QUALITY_KINDS else "恢复"
    days = f"约{first.day}日{first:%H:%M}-{last.day}日{last:%H:%M}{over}"
    return f"预计{whole}{ends(b).zh}", f"约{dash}{over}", days, f"预计{latest}前{ends(b).zh}"
