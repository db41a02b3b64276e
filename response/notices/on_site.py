"""What a crew knows and the text of a notice does not say, each with what to do (ON-05)."""

from collections.abc import Iterator

from core.model.notice import LAB_KINDS, Notice, Supply
from core.model.text import Text
from response.doing import DOING
from response.orders.parting import in_words
from response.site import NOTHING, Work, overtaken

_CLAMPED = Text(
    "现场带压抢修，没有关闭阀门，无人停水：公告仍写停水，请核对",
    "it is repaired under pressure and no valve was shut: nobody is off, yet the text says so; look at it",
)
_SMALLER = Text(
    "现场带压抢修，没有关闭阀门：本次更新把“停水”改为“水压可能偏低”",
    "it is repaired under pressure and no valve was shut: this update says weak water instead of none",
)


def held_off(work: Work) -> Iterator[tuple[str, Text]]:
    """Why nobody may say that water is back, by the crew's own records."""
    if work.shut:
        named = work.shut[:5]
        more = (
            Text(f"等{len(work.shut)}个", f" and {len(work.shut) - 5} more")
            if len(work.shut) > 5
            else Text("", "")
        )
        why = Text(
            f"记录上仍关闭的阀门：{'、'.join(named)}{more.zh}。请先开阀并记录，或发布更新",
            f"still shut by the record: {', '.join(named)}{more.en}. Open them and record it, or publish an "
            "update",
        )
        yield "valves_still_shut", why
    elif work.by_others:
        why = Text(
            "水由其他单位关停，现场工作尚未完成：请待工单完工，或发布更新",
            "others stopped the water and the work on site is not done: complete the order first, or publish "
            "an update",
        )
        yield "valves_still_shut", why


def released(callers: int) -> Iterator[tuple[str, Text, bool]]:
    """Who rang up and is left out by what is known now: told to whoever approves."""
    if callers:
        why = Text(
            f"{callers}户来电反映者不在本版范围内，请先核实其是否无水；反映无水者待结束时才收到通知",
            f"{callers} who rang up are outside of this version: find out first whether they have water. "
            "Who reported none is told when it is over",
        )
        yield "callers_released", why, False


def unlike(notice: Notice, standing: Notice | None, work: Work) -> Iterator[tuple[str, Text, bool]]:
    """A stable name, the words, and whether it forbids publishing: the hub's own words have to say what is
    so; of what a person wrote, whoever approves is told. standing: what was said last."""
    if notice.kind in LAB_KINDS:
        return
    now = DOING[work.site]
    if notice.site is not None and overtaken(notice.site, work.site):
        said = DOING[notice.site]
        why = Text(
            f"文字起草时“{said.zh}”，现场现为“{now.zh}”：请修改文字",
            f"it was written when {said.en}; now {now.en}: edit the text",
        )
        yield "overtaken_on_site", why, "description" not in notice.written
    elif work.site in NOTHING:
        why = Text(
            f"{now.zh}：请发布更新，或撤回公告", f"{now.en}: publish an update, or withdraw the notice"
        )
        yield "nothing_found_on_site", why, False
    if work.half:
        why = in_words(work.half)
        yield "half_shut", why, False
    if work.clamped and notice.supply is Supply.NONE:
        yield "nobody_is_off", _CLAMPED, False
    elif work.clamped and standing is not None and standing.supply is Supply.NONE:
        yield "nobody_is_off_any_more", _SMALLER, False
