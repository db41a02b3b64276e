"""Beside how readings are, the summary says whether all of them are within the national limits and what that
means; where that is not known, or a notice is in force, it reassures nobody (that water complies only a
laboratory says: WQ-01)."""

import re
from dataclasses import replace

import pytest

from core.model.clock import Anchor
from core.model.snapshot import Area, PublicSnapshot, Reading, ReadingState
from core.model.tag import Quantity
from public_portal.areas import Doubts, area
from public_portal.quality import Checked, Why
from public_portal.usual import Band
from tests.limits_here import limit
from tests.public_portal import samples
from tests.public_portal.samples import HOUR, MIN, NOW
from tests.response import little_town as town

WITHIN = {
    "zh": "所测各项读数都在国家标准（GB 5749-2022）限值内，目前没有限制饮用的公告",
    "en": "every reading is within the national limits (GB 5749-2022), and no notice restricts drinking",
}
MEANS = {
    "zh": "偏离日常范围只是与平时不同，本身不是不能饮用的理由",
    "en": "is by itself no reason not to drink",
}
REASSURING = tuple(words for said in (WITHIN, MEANS) for words in said.values())


def judged(made: Area) -> Area:
    """As the hub tells it since limits are known there."""
    readings = (replace(one, limit=limit(one.parameter), beyond=False) for one in made.readings)
    return replace(made, readings=tuple(readings))


def ordinary(first: Area, *others: Area, **more: object) -> PublicSnapshot:
    return samples.ordinary(areas=(first, *others), **more)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("path", ["/", "/area/dma-02"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_unusual_and_within_the_limits_says_both_in_one_sentence(put, portal, path, lang) -> None:
    put(ordinary(judged(samples.area(0)), judged(samples.area(1, ReadingState.WATCH))))
    said = text_of(portal.get(path, params={"lang": lang}).text)
    sentence = next(one for one in re.split(r"[。]|\. ", said) if WITHIN[lang] in one)
    unusual = "偏离日常范围" if lang == "zh" else "outside its usual range"
    assert unusual in sentence.lower() and MEANS[lang] in said
    assert "合格" not in said and "compl" not in said, "only a laboratory says so (WQ-01)"


def test_where_nothing_is_unusual_nothing_unusual_is_explained(put, portal) -> None:
    put(ordinary(judged(samples.area(0))))
    said = text_of(portal.get("/").text)
    assert WITHIN["zh"] in said and MEANS["zh"] not in said


def hidden_peak(made: Area) -> Area:
    """Of two instruments one is beyond the limit, and their median is not."""
    return replace(made, readings=(replace(made.readings[0], beyond=True), *made.readings[1:]))


def over(made: Area) -> Area:
    chlorine = replace(made.readings[0], value=2.4, state=ReadingState.WATCH, beyond=True)
    return replace(made, readings=(chlorine, *made.readings[1:]))


def older(made: Area) -> Area:
    """By a hub that did not say whether an instrument was beyond."""
    return replace(made, readings=tuple(replace(one, beyond=None) for one in made.readings))


def unread(made: Area) -> Area:
    """Numbers that nobody has held against the standard's own text."""
    chlorine = made.readings[0]
    assert chlorine.limit is not None
    doubtful = replace(chlorine, limit=replace(chlorine.limit, unverified=("low", "high")))
    return replace(made, readings=(doubtful, *made.readings[1:]))


WATCHED = judged(samples.area(0, ReadingState.WATCH))
CANNOT_TELL = "现有读数不能说明能否饮用"


@pytest.mark.parametrize(
    ("shown", "instead"),
    [
        (ordinary(over(WATCHED)), "超出国家标准限值"),
        (ordinary(hidden_peak(WATCHED)), "超出国家标准限值"),
        (ordinary(older(WATCHED)), CANNOT_TELL),
        (ordinary(unread(WATCHED)), CANNOT_TELL),
        (ordinary(samples.area(0, ReadingState.WATCH)), CANNOT_TELL),
        (ordinary(judged(samples.area(0, ReadingState.VERIFYING))), CANNOT_TELL),
        (ordinary(judged(samples.area(0, ReadingState.NO_DATA))), CANNOT_TELL),
        (ordinary(judged(samples.area(0, ReadingState.MAINTENANCE))), CANNOT_TELL),
        (ordinary(replace(WATCHED, readings=())), CANNOT_TELL),
        *(
            (ordinary(WATCHED, notices=(samples.notice(kind=kind, supply="quality"),)), "以公告为准")
            for kind in ("boil", "do_not_drink", "do_not_use", "water_quality", "discoloured")
        ),
        (ordinary(WATCHED, clock=Anchor(0, NOW + 25 * MIN, 0.0)), "数据已过时"),
        (ordinary(WATCHED, clock=Anchor(0, NOW + 3 * HOUR, 0.0)), "数据已过时"),
    ],
)
def test_nobody_is_reassured_where_that_is_not_known(
    put, portal, shown: PublicSnapshot, instead: str
) -> None:
    put(shown)
    for path in ("/", "/area/dma-01"):
        said = text_of(portal.get(path).text)
        assert not [words for words in REASSURING if words in said]
        assert instead in said or (not shown.areas[0].readings and path != "/")


def test_areas_of_which_it_is_known_are_told_apart_from_those_of_which_it_is_not(put, portal) -> None:
    put(ordinary(judged(samples.area(0)), judged(samples.area(1, ReadingState.NO_DATA))))
    said = text_of(portal.get("/").text)
    assert "1个片区没有足够数据或正在核实，不能据此判断；其余片区所测各项读数都在国家标准" in said
    assert WITHIN["zh"] in text_of(portal.get("/area/dma-01").text)
    assert CANNOT_TELL in text_of(portal.get("/area/dma-02").text)


def test_advice_that_is_lifted_restricts_nothing_any_more(put, portal) -> None:
    lifted = samples.notice(
        kind="boil", supply="quality", change="restored", progress=(("restored", NOW - HOUR),)
    )
    put(ordinary(WATCHED, notices=(lifted,)))
    assert WITHIN["zh"] in text_of(portal.get("/").text)


@pytest.mark.parametrize(("values", "beyond"), [((0.4, 0.5), False), ((0.4, 0.5, 2.4), True)])
def test_that_one_instrument_is_beyond_crosses_to_the_portal(values: tuple[float, ...], beyond: bool) -> None:
    plant = town.plant()
    zone = plant.zones["dma-01"]
    (tag,) = (one for one in plant.tags.values() if one.public and one.quantity is Quantity.FREE_CHLORINE)
    tags = [replace(tag, id=f"q-{n}", zone=zone.id) for n in range(len(values))]
    checked = {one.id: Checked(Why.VALID, value, NOW) for one, value in zip(tags, values, strict=True)}
    bands = dict.fromkeys(checked, Band(0.3, 0.6))
    (said,) = area(plant, zone, tags, checked, bands, Doubts(), NOW).readings
    assert isinstance(said, Reading) and said.limit is not None
    assert said.beyond is beyond
