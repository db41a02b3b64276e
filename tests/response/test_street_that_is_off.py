"""ON-22: what people read names a street where water is off, wherever the main failed: of no, one or several
streets, from the first word to the last."""

from dataclasses import replace

import pytest

from core.model.account import Role
from core.model.bulletin import Bulletin, Change
from core.model.notice import Notice, Site, StreetExtent
from core.model.notice_version import NoticeVersion, VersionState
from core.model.plant import Street
from core.model.text import Text
from response import drafting
from response.affected import Footprint
from response.bulletins import bulletin_of
from response.delivery.composing import told
from response.notices import closing, decisions, drafts, versions
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.renderings.headline import headline
from response.renderings.ivr import ivr
from response.renderings.places import at
from response.renderings.sms import variables
from response.service import ResponseService
from response.service_times import CN_DEFAULT
from tests.response import little_town as town
from tests.response.every_rendering import EVERYWHERE
from tests.response.little_town import report

MANAGER = town.user(Role.DUTY_MANAGER)
AT = town.T0 + 5 * town.MIN
FAILED = Text("人民路", "Renmin Road")
"""Where pipe p2 lies."""
OTHERS = {
    "s-2": Text("中山路", "Zhongshan Road"),
    "s-3": Text("朝阳街", "Chaoyang Street"),
    "s-4": Text("丹桂路", "Dangui Road"),
}
ONE, THREE, THERE = ("s-3",), ("s-3", "s-4", "s-2"), ("s-1",)
CASES = [
    *((off, weak) for off in (ONE, THREE) for weak in ((), THERE)),
    *((off, ()) for off in (THERE, (*ONE, *THERE), (*THREE, *THERE))),
]
"""Streets that are off and streets of weak water: the main failed within them or outside."""
CHANGES = (Change.FIRST, Change.RESTORED, Change.CANCELLED)
SITES = (Site.ORGANISED, Site.REPAIRING)


def wide_town():
    plant = town.plant()
    more = {id: Street(id=id, name=name, zone="dma-01") for id, name in OTHERS.items()}
    return replace(plant, streets={**plant.streets, **more})


def extent(id: str, numbers: str | None = "3–9", *, weak: bool = False) -> StreetExtent:
    name = FAILED if id == "s-1" else OTHERS[id]
    return StreetExtent(street=id, name=name, numbers=numbers, weak=weak)


def bulletin(off: tuple[str, ...], weak: tuple[str, ...], site: Site, change: Change) -> Bulletin:
    """Of a burst in FAILED."""
    plant = wide_town()
    streets = (*(extent(id) for id in off), *(extent(id, None, weak=True) for id in weak))
    found = Footprint(pipe="p2", diameter_mm=200.0, streets=streets, connections=30, weak=12 if weak else 0)
    made = drafting.notice(
        plant, town.burst(), found, id="NTC-1", now_ns=town.T0, times=CN_DEFAULT, site=site
    )
    if change is Change.RESTORED:
        made = closing.restored(made, town.T0 + town.HOUR)
    if change is Change.CANCELLED:
        made = closing.called_off(made, town.T0 + town.HOUR)
    said = NoticeVersion(
        id="NTC-1.1",
        notice="NTC-1",
        version=1,
        state=VersionState.PUBLISHED,
        change=change,
        content=made,
        sent_ns=town.T0 + town.HOUR,
    )
    return bulletin_of(said, plant)


def read(b: Bulletin) -> dict[str, tuple[str, str]]:
    """All that people read of it: its title, every rendering, and what a gateway's template holds."""
    texts = {name: write(b) for name, write in EVERYWHERE.items()}
    texts["title"] = (b.title.zh, b.title.en)
    texts["variable"] = (variables(b, "zh")["area"], variables(b, "en")["area"])
    plain = {}
    for name, both in texts.items():
        zh, en = (text.replace("\r\n ", "").replace("\n", " ").replace("\\", "") for text in both)
        plain[name] = (zh.replace(" ", ""), " ".join(en.split()))
    return plain


def names(text: tuple[str, str], streets: list[Text]) -> bool:
    return any(one.zh in text[0] for one in streets) and any(
        one.en in text[1] or one.en.replace("Street", "St").replace("Road", "Rd") in text[1]
        for one in streets
    )


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(("off", "weak"), CASES)
def test_on22_where_water_is_off_is_named_and_where_the_main_failed_only_if_it_is_off_there(
    off, weak, site, change
):
    inside = "s-1" in off
    b = bulletin(off, weak, site, change)
    own = [FAILED if id == "s-1" else OTHERS[id] for id in off]
    texts = read(b)
    assert [name for name, text in texts.items() if not names(text, own)] == []
    if not inside and not weak:
        assert [name for name, (zh, en) in texts.items() if FAILED.zh in zh or FAILED.en in en] == []
    if weak and change is Change.FIRST:
        short = {"headline": headline(b), "ivr": ivr(b), "title": b.title}
        assert [name for name, text in short.items() if FAILED.zh in text.zh or FAILED.en in text.en] == []


def test_on22_of_a_burst_whose_streets_are_not_known_the_place_is_where_it_is_taken_to_be():
    assert bulletin((), (), Site.ORGANISED, Change.FIRST).area.zh == "城东片区人民路"


@pytest.mark.parametrize("change", [Change.FIRST, Change.RESTORED])
def test_on22_whoever_had_weak_water_where_the_main_failed_is_told_of_their_own_street(change):
    """One street is off and another weak: each hears of theirs."""
    b = bulletin(("s-3",), ("s-1",), Site.REPAIRING, change)
    raw = bulletin(("s-3",), ("s-1",), Site.REPAIRING, Change.FIRST)
    for weak, own, other in ((True, FAILED, OTHERS["s-3"]), (False, OTHERS["s-3"], FAILED)):
        for said in (told(raw, Change.RESTORED, weak=weak), told(b, change, weak=weak)):
            for as_read in (said, at(said, own)):
                for text in (headline(as_read), ivr(as_read)):
                    assert own.zh in text.zh and own.en in text.en
                    assert other.zh not in text.zh and other.en not in text.en


@pytest.fixture
def plant():
    """The main of 人民路's houses lies in 中山路 (p1, p2)."""
    made = town.plant()
    links = {
        id: replace(link, street="s-2") if id in ("p1", "p2") else link
        for id, link in made.network.links.items()
    }
    return replace(made, network=type(made.network)(made.network.nodes, links, made.network.valves))


@pytest.fixture
def service(ledger, plant, still_clock) -> ResponseService:
    return ResponseService(ledger, plant, still_clock)


RENMIN, ZHONGSHAN = Text("人民路", "Renmin Road"), Text("中山路", "Zhongshan Road")


async def published(ledger, plant) -> Bulletin:
    async with ledger.begin() as tx:
        (head,) = await tx.find(Notice)
        await decisions.approve(tx, head.id, MANAGER, AT)
        await decisions.publish(tx, head.id, MANAGER, AT)
        return bulletin_of((await versions.published(tx, head.id))[-1], plant)


def strangers(b: Bulletin) -> list[str]:
    return [name for name, (zh, en) in read(b).items() if ZHONGSHAN.zh in zh or ZHONGSHAN.en in en]


async def test_on22_the_hubs_own_draft_and_its_end_name_the_street_that_is_off(ledger, plant, service):
    await service.handle([await report(ledger, town.burst(pipe="p2"))])
    one = await published(ledger, plant)
    assert [street.name for street in one.streets] == [RENMIN] and strangers(one) == []
    async with ledger.begin() as tx:
        (head,) = await tx.find(Notice)
        await decisions.restore(tx, head.id, MANAGER, AT + town.HOUR, reason="现场确认")
        over = bulletin_of((await versions.published(tx, head.id))[-1], plant)
    assert (
        over.change is Change.RESTORED and "城东片区人民路供水正常" in over.title.zh and strangers(over) == []
    )


async def test_on22_of_a_scope_that_a_person_drew_a_street_in_it_is_named(ledger, plant, service):
    """Also in the title that the hub writes; a place in a person's own words stays as it is."""
    await service.handle([await report(ledger, town.burst(pipe="p3"))])
    async with ledger.begin() as tx:
        (draft,) = await tx.find(Notice)
        assert draft.place == Text("城东片区中山路", "Zhongshan Road, East district")
        drawn = Wish(scope=Scope(streets=("s-1",)))
        draft = await drafts.edit(tx, plant, draft.id, draft.seq, drawn, MANAGER, AT)
        assert draft.place == Text("城东片区人民路", "Renmin Road, East district")
        assert "中山路" not in draft.title.zh
        corner = Wish(place=Text("城东片区东门口", "the eastern gate, East district"))
        await drafts.edit(tx, plant, draft.id, draft.seq, corner, MANAGER, AT)
    other = town.user(Role.DUTY_MANAGER, "user-other")
    async with ledger.begin() as tx:
        (head,) = await tx.find(Notice)
        await decisions.approve(tx, head.id, other, AT)
        await decisions.publish(tx, head.id, other, AT)
        b = bulletin_of((await versions.published(tx, head.id))[-1], plant)
    assert headline(b).zh.startswith("城东片区东门口") and "城东片区东门口" in ivr(b).zh
