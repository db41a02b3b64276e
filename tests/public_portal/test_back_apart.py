"""Of what is over for some without water and others of low pressure, the page tells which was so (ON-09)."""

from dataclasses import replace

from core.model.notice import Change, Notice, NoticeKind, NoticeState, Progress, Site, StreetExtent
from core.model.text import Text
from public_portal.announcements import announcement
from public_portal.recorded import Recorded
from public_portal.told import Told
from tests.public_portal import samples
from tests.response import bulletins


def test_on_09_of_water_and_pressure_back_the_page_says_which_was_which(portal, put):
    b = replace(bulletins.restored(bulletins.burst(site=Site.RETURNING)), connections=34, weak=409)
    head = Notice(
        id=samples.notice().id,
        incident=None,
        kind=NoticeKind.EMERGENCY_OUTAGE,
        state=NoticeState.RESTORED,
        change=Change.RESTORED,
        zone="dma-01",
        title=Text("恢复", "Back"),
        body=Text("恢复", "Back"),
        advice=Text("放水", "Run the tap"),
        author="hub",
        drafted_ns=samples.NOW,
        starts_ns=samples.NOW,
        progress=((Progress.RESTORED, samples.NOW),),
        streets=(StreetExtent(street="s1", name=Text("人民路", "Renmin Road")),),
        accounts_affected=34,
        accounts_weak=409,
    )
    over = announcement(Told(head, (), b), None, Recorded(samples.KEY, ()))
    put(samples.ordinary(notices=(over,)))
    page = portal.get(f"/n/{head.id}?lang=en").text
    assert "Streets with water or pressure back" in page
    assert "about 34 had been without water, about 409 with pressure that was low" in page
    assert "443" not in page, "their sum is told of nobody"
