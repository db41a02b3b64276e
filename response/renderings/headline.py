"""One line that says where, what and when (CAP headline, feed title, subject of a mail, calendar summary)."""

from core.model.bulletin import Bulletin, Change
from core.model.notice import QUALITY_KINDS
from core.model.shanghai import moment
from core.model.text import Lang, Text
from response.renderings import back as restoration
from response.renderings import cut_short, unproven
from response.renderings.facts import (
    ends,
    expected,
    mark,
    name,
    starts,
    undated,
    until_lifted,
    what,
)
from response.renderings.places import headed, shortened

MOST = 160
"""Characters, after which phones cut it off (CAP 1.2, 3.2.2)."""


def headline(b: Bulletin) -> Text:
    """Never longer than MOST; the place gives way before a time does."""
    return Text(_fitted(b, "zh"), _fitted(b, "en"))


def _fitted(b: Bulletin, lang: Lang) -> str:
    area = headed(b, lang)
    whole = _line(b, area, lang)
    return whole if len(whole) <= MOST else _line(b, shortened(area, len(area) - len(whole) + MOST), lang)


def _line(b: Bulletin, area: str, lang: str) -> str:
    said = (
        unproven.line(b, b.ending, lang, area) if b.ending else _zh(b, area) if lang == "zh" else _en(b, area)
    )
    return (mark(b).zh if lang == "zh" else mark(b).en) + said


def _zh(b: Bulletin, area: str) -> str:
    matter = what(b).zh
    temporary = "（临时通知）" if b.short_notice and not b.over else ""
    if b.change is Change.CANCELLED:
        off = f"{area}{matter}已取消" if b.planned else f"{area}{name(b).zh}已撤销"
        return cut_short.off(b, off, "zh")
    if b.change is Change.RESTORED:
        back = moment(b.restored_ns or b.sent_ns).zh
        if b.kind in QUALITY_KINDS:
            return f"{area}{name(b).zh}已于{back}解除"
        return f"{area}{restoration.since_zh(b, back)}"
    if b.planned and not b.overdue:
        return f"{area}{matter}：{starts(b).zh}{temporary}"
    if b.overdue:
        return f"{area}{matter}，{expected(b).zh}"
    if b.estimate is None:
        return f"{area}{matter}" + ("" if until_lifted(b) else f"，{undated(b).zh}")
    return f"{area}{matter}，预计{expected(b).zh}{ends(b).zh}"


def _en(b: Bulletin, area: str) -> str:
    matter = what(b).en
    temporary = " (short notice)" if b.short_notice and not b.over else ""
    if b.change is Change.CANCELLED:
        off = f"{'Called off' if b.planned else 'Withdrawn'}: {name(b).en}, {area}"
        return cut_short.off(b, off, "en")
    if b.change is Change.RESTORED:
        back = moment(b.restored_ns or b.sent_ns).en
        if b.kind in QUALITY_KINDS:
            return f"{matter} lifted {back}: {area}"
        done = restoration.of(b).done.en
        return f"{done[0].upper()}{done[1:]} in {area}{restoration.since_en(b, back)}"
    if b.planned and not b.overdue:
        return f"{matter}: {area}, {starts(b).en}{temporary}"
    if b.overdue:
        return f"{matter}: {area}; {expected(b).en}"
    if b.estimate is None:
        return f"{matter}: {area}" + ("" if until_lifted(b) else f"; {undated(b).en}")
    return f"{matter}: {area}; expected {ends(b).en} {expected(b).en}"
