"""Atom, RSS and GeoJSON, read back by feedparser and as plain JSON."""

import itertools
import json
from datetime import UTC, datetime

import feedparser

from response.bulletins import as_of
from response.renderings.atom import atom
from response.renderings.geojson import geojson, turn
from response.renderings.headline import headline
from response.renderings.rss import rss
from tests.response.bulletins import MIN, RING, SITE, T0, boil, burst, next_version, planned

CAP = "application/cap+xml"


def test_atom_is_well_formed_and_says_whose_it_is() -> None:
    feed = feedparser.parse(atom([burst(), planned()], SITE, "zh", T0))
    assert (feed.bozo, feed.version) == (False, "atom10")
    assert feed.feed.title == "示例水务停水与水质公告"
    assert feed.feed.links[0].href == "https://water.example.cn/feed/zh.atom"
    assert [entry.title for entry in feed.entries] == [headline(burst()).zh, headline(planned()).zh]


def test_an_entry_keeps_its_id_and_goes_on_with_its_versions() -> None:
    one, two = burst(), next_version(burst())
    old, new = (feedparser.parse(atom([b], SITE, "en", T0)).entries[0] for b in (one, two))
    assert old.id == new.id
    assert old.published == new.published
    assert new.updated_parsed > old.updated_parsed
    links = {link.type: link.href for link in new.links}
    assert links["text/html"] == f"{two.url}?lang=en"
    assert links[CAP] == f"{two.url}/v4.cap.xml"


def test_an_rss_item_is_the_page_of_its_own_version() -> None:
    feed = feedparser.parse(rss([burst(), boil()], SITE, "en", T0))
    assert (feed.bozo, feed.version) == (False, "rss20")
    item = feed.entries[0]
    assert (item.guidislink, item.id) == (False, f"{burst().url}/v3")
    assert item.link == f"{burst().url}?lang=en"
    assert item.enclosures[0].type == CAP
    assert datetime(*item.published_parsed[:6], tzinfo=UTC).timestamp() * 1e9 == T0


def test_on31_a_feed_that_lives_shows_it() -> None:
    before, after = (feedparser.parse(atom([burst()], SITE, "zh", at)) for at in (T0, T0 + 60 * MIN))
    assert after.feed.updated_parsed > before.feed.updated_parsed
    assert after.entries[0].updated == before.entries[0].updated


def test_on07_an_entry_whose_estimate_has_passed_is_newer_than_the_one_that_still_gave_it() -> None:
    """Readers keep what is no newer."""
    stands = burst()
    assert stands.estimate is not None
    passed = as_of(stands, stands.estimate.latest_ns)
    before, after = (feedparser.parse(atom([b], SITE, "en", T0)).entries[0] for b in (stands, passed))
    assert after.title != before.title
    assert after.updated_parsed > before.updated_parsed
    assert as_of(passed, stands.estimate.latest_ns + MIN) == passed, "and stays so"


def test_an_empty_feed_is_a_feed() -> None:
    for written in (atom([], SITE, "zh", T0), rss([], SITE, "zh", T0)):
        feed = feedparser.parse(written)
        assert (feed.bozo, feed.entries) == (False, [])


def test_words_that_are_markup_stay_words() -> None:
    b = burst(area=type(burst().area)("<b>人民路</b> & 中山路\x0b", "<script>x</script> & y"))
    feed = feedparser.parse(atom([b], SITE, "en", T0), sanitize_html=False)
    assert not feed.bozo
    assert "<script>x</script> & y" in feed.entries[0].title


def test_geojson_has_longitude_first_and_turns_left() -> None:
    feature = json.loads(geojson([burst(ring=tuple(reversed(RING)))]))["features"][0]
    ring = feature["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1] == [110.28, 25.27]
    assert sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring)) > 0
    assert (turn(RING) > 0) is not (turn(tuple(reversed(RING))) > 0)
    assert json.loads(geojson([burst(ring=None)]))["features"][0]["geometry"] is None
