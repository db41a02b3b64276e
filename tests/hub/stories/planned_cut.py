"""E2E-4: a planned cut two days ahead with a school and the dialysis centre inside is announced, moved by a
day and called off; at each step every channel and file says the same, and its envelope goes with it. Two days
later alarms are withheld inside the envelope alone: tests/alarms/test_planned_cut_story.py."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import feedparser
import httpx
import icalendar
from lxml import etree

from tests.hub.running_demo import RunningDemo, fetched, items, until
from tests.response.cap_rules import CAP, broken
from tests.response.read_back import instants, times_en, times_zh

PIPES = ("P01010", "P01049")
"""Behind the one is the dialysis centre, behind the other the second middle school."""
APPROVAL = "水审〔2026〕7号"
CHANNELS = ("sms", "wechat", "email")
DAY = timedelta(days=1)
PATIENCE_S = 120.0
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What everybody has to have of a version."""

    id: str
    version: int
    starts: datetime
    ends: datetime
    at: datetime
    change: str = "first"

    @property
    def times(self) -> set[int]:
        return {ns(self.starts), ns(self.ends)}


def announce_move_and_call_off(demo: RunningDemo, manager: httpx.Client) -> None:
    operator = demo.signed_in("operator")
    first = _written(demo, operator)
    assert first.starts - first.at >= 2 * DAY
    _publish(manager, first)
    _the_same_everywhere(demo, manager, first)
    moved = replace(
        first, version=2, change="update", starts=first.starts + DAY, ends=first.ends + DAY, at=_now(demo)
    )
    _post(operator, f"notices/{first.id}/updates", 201, **_when(moved))
    _publish(manager, moved)
    _the_same_everywhere(demo, manager, moved)
    _post(manager, f"notices/{first.id}/withdraw", reason="施工取消")
    _the_same_everywhere(demo, manager, replace(moved, version=3, change="cancelled", at=_now(demo)))
    said = items(manager, f"/api/v1/notices/{first.id}/versions")
    assert [one["change"] for one in said] == ["cancelled", "update", "first"]
    assert said[0]["difference"]["released"] == said[2]["difference"]["first"] > 0
    (key,) = fetched(f"{demo.portal}/.well-known/jwks.json").json()["keys"]
    assert key["crv"] == "Ed25519"


def _written(demo: RunningDemo, operator: httpx.Client) -> Said:
    """By an operator; it is not fit to be said before the authority's number and the fire service's word."""
    at = _now(demo)
    starts = (at + 2 * DAY).replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    said = Said(id="", version=1, starts=starts, ends=starts + timedelta(hours=6), at=at)
    wish = {"kind": "planned_outage", "scope": {"pipes": PIPES}, **_when(said)}
    wish["reason"] = {"zh": "管道改造", "en": "mains renewal"}
    draft = _post(operator, "notices", 201, **wish)
    id = draft["id"]
    assert {"school", "dialysis"} <= set(draft["segments"])
    lacks = operator.get(f"/api/v1/notices/{id}/check").json()["lacks"]
    assert {lack["item"] for lack in lacks} == {"approval_missing", "fire_untold"}
    edit = {"seq": draft["seq"], "approval": APPROVAL}
    assert operator.put(f"/api/v1/notices/{id}", json=edit).status_code == 200
    return replace(said, id=id)


def _publish(manager: httpx.Client, said: Said) -> None:
    """By another person than wrote it; the hub tells the fire service in between."""
    _post(manager, f"notices/{said.id}/approve")

    def knows() -> bool:
        notice = manager.get(f"/api/v1/notices/{said.id}").json()
        return bool((notice["pending"] or notice)["fire_told"])

    until(knows, PATIENCE_S, "the fire service is told of these times")
    first = manager.get("/api/v1/fire-service", params={"notice": said.id}).json()["items"][0]
    assert [r["channel"] for r in first["receipts"] if r["outcome"] == "delivered"] == ["fire"]
    assert _post(manager, f"notices/{said.id}/publish")["version"] == said.version


def _the_same_everywhere(demo: RunningDemo, manager: httpx.Client, said: Said) -> None:
    _the_envelope(manager, said)
    cap = f"{demo.portal}/n/{said.id}/v{said.version}.cap.xml"
    until(lambda: fetched(cap).status_code == 200, PATIENCE_S, f"version {said.version} is on the portal")
    _pages(demo, said)
    _feeds(demo, said)
    _calendars(demo, said)
    _alert(demo, said)
    _letters(demo, manager, said)


def _the_envelope(manager: httpx.Client, said: Said) -> None:
    """What withholds low pressure, moved and called off with the notice."""
    notice = manager.get(f"/api/v1/notices/{said.id}").json()
    activity = manager.get(f"/api/v1/activities/{notice['envelope']}").json()
    assert (ns_of(activity["start"]), ns_of(activity["end"])) == (ns(said.starts), ns(said.ends))
    assert (activity["work"], activity["zones"]) == (said.id, ["dma-01"])
    assert activity["state"] == ("cancelled" if said.change == "cancelled" else "planned")


def _pages(demo: RunningDemo, said: Said) -> None:
    over = said.change == "cancelled"
    here, en = f"{demo.portal}/n/{said.id}", "?lang=en"
    zh, english = fetched(here).text, fetched(here + en).text
    told, _, _ = fetched(f"{demo.portal}/").text.partition('id="areas"')
    in_force, _, just_ended = told.partition('id="recent"')
    assert (said.id in in_force) is not over, "it stands until it is called off"
    assert (said.id in just_ended) is over, "and is told of for a day after"
    if over:
        assert "取消" in zh and "called off" in english
    else:
        assert said.times <= times_zh(zh, ns(said.at)) and said.times <= times_en(english, ns(said.at))
        assert APPROVAL in zh
    latest = fetched(f"{demo.portal}/api/v1/latest").json()
    (shown,) = (one for one in latest["notices"] if one["id"] == said.id)
    assert (shown["version"], shown["change"]) == (said.version, said.change)
    (line,) = (
        one
        for one in map(json.loads, fetched(f"{demo.portal}/notices.jsonl").text.splitlines())
        if one["number"] == said.id and one["version"] == said.version
    )
    assert line["change"] == said.change


def _feeds(demo: RunningDemo, said: Said) -> None:
    feed = feedparser.parse(fetched(f"{demo.portal}/feed/zh.atom").content)
    (entry,) = (one for one in feed.entries if said.id in one.id)
    named = times_zh(entry.title + entry.summary, ns(said.at))
    assert ns(said.starts) in named
    if said.change != "cancelled":
        assert ns(said.ends) in named
    else:
        assert "计划停水已取消" in entry.title
    for path in ("/feed/notices.geojson", f"/n/{said.id}/area.geojson"):
        features = fetched(f"{demo.portal}{path}").json()["features"]
        (facts,) = (f["properties"] for f in features if f["properties"]["number"] == said.id)
        assert (facts["version"], facts["change"], facts["approval"]) == (said.version, said.change, APPROVAL)
        assert ns_of(facts["starts"]) == ns(said.starts)


def _calendars(demo: RunningDemo, said: Said) -> None:
    for path in (f"/n/{said.id}/zh.ics", f"/n/{said.id}/en.ics", "/feed/zh.ics", "/feed/en.ics"):
        read = icalendar.Calendar.from_ical(fetched(f"{demo.portal}{path}").content)
        (event,) = (one for one in read.walk("VEVENT") if said.id in one["UID"])
        assert int(event["SEQUENCE"]) == said.version - 1
        assert event["STATUS"] == ("CANCELLED" if said.change == "cancelled" else "CONFIRMED")
        assert ns(event["DTSTART"].dt) == ns(said.starts)
        if said.change != "cancelled":
            assert ns(event["DTEND"].dt) == ns(said.ends)


def _alert(demo: RunningDemo, said: Said) -> None:
    """Each version's refers to all before it, by sender, identifier and time."""
    every = [fetched(f"{demo.portal}/n/{said.id}/v{n}.cap.xml").content for n in range(1, said.version + 1)]
    assert [broken(one) for one in every] == [[]] * said.version
    *before, last = (etree.fromstring(one) for one in every)
    names = ("sender", "identifier", "sent")
    expected = [",".join(alert.findtext(f"{CAP}{name}") for name in names) for alert in before]
    assert (last.findtext(f"{CAP}references") or "").split() == expected
    kinds = {"first": "Alert", "update": "Update", "cancelled": "Cancel"}
    assert last.findtext(f"{CAP}msgType") == kinds[said.change]
    if said.change != "cancelled":
        assert said.times <= instants(every[-1].decode())


def _letters(demo: RunningDemo, manager: httpx.Client, said: Said) -> None:
    """Every letter that is due has gone, and says the version's times; by night only to who asked for it."""

    def gone() -> Json | None:
        shown = manager.get(f"/api/v1/deliveries/{said.id}.{said.version}")
        mailing: Json = shown.json() if shown.status_code == 200 else {}
        waits = mailing.get("next") and mailing.get("queued")
        morning = waits and ns_of(mailing["next"]) > ns(_now(demo)) + 600 * 10**9
        return mailing if mailing.get("state") == "done" or morning else None

    mailing = until(gone, PATIENCE_S, "all letters that are due have gone")
    assert mailing["accounts"] > 0 and mailing["states"].get("failed", 0) == 0
    letters = _outbox(demo, said)
    assert len(letters) == mailing["states"]["sent"] > 0
    for letter in letters:
        words = letter["commonAnnotations"]
        assert letter["externalURL"].endswith(f"/n/{said.id}")
        assert ns_of(letter["alerts"][0]["startsAt"]) == ns(said.starts)
        if said.change == "cancelled":
            assert "计划停水已取消" in words["summary_zh"] and "Called off" in words["summary"]
        else:
            assert times_zh(words["summary_zh"], ns(said.at)) == said.times
            assert times_en(words["summary"], ns(said.at)) == said.times


def _outbox(demo: RunningDemo, said: Said) -> list[Json]:
    """The folders that stand for the demo's gateways: what left of this version."""
    folders = [demo.data / "outbox" / f"customers-{channel}" for channel in CHANNELS]
    letters = [json.loads(file.read_text()) for folder in folders for file in folder.glob("*.json")]
    key = f"{said.id}.{said.version}/"
    return [letter for letter in letters if letter["alerts"][0]["fingerprint"].startswith(key)]


def _when(said: Said) -> Json:
    return {"starts": said.starts.isoformat(), "estimate": {"latest": said.ends.isoformat()}}


def _now(demo: RunningDemo) -> datetime:
    """By the plant's clock."""
    return datetime.fromisoformat(fetched(f"{demo.hub}/healthz").json()["time"])


def _post(client: httpx.Client, path: str, status: int = 200, **body: Any) -> Json:
    answer = client.post(f"/api/v1/{path}", json=body or None)
    assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text}"
    found: Json = answer.json()
    return found


def ns(at: datetime) -> int:
    return round(at.timestamp()) * 1_000_000_000


def ns_of(at: str) -> int:
    return ns(datetime.fromisoformat(at))
