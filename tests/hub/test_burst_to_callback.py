"""E2E-1: a main breaks; the crew goes, people are told, callers are answered, water is back, and whoever
called is asked. One demo, through the interfaces that people and exchanges use; the tests go in the order of
the file. Until water is shut off the town lives in real time, then thirty times as fast.
"""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from response.extents import house_number
from tests.hub.running_demo import RunningDemo, fetched, items, until
from tests.hub.stories.minutes import late_in_a_minute
from tests.hub.stories.on_call import phones, rung
from tests.hub.stories.screen import RED, page_of
from tests.hub.stories.seats import Seats
from tests.phone_photos import photo

pytestmark = pytest.mark.timeout(600)
ZONE = "dma-07"
BURST = f"{ZONE}:burst"
FAST = "30"
CALLS = 200
_STANDS = {"estimate_stands", "reported"}
Json = dict[str, Any]


class Town:
    """A running demo and whoever works at it; `faster` starts it anew on the same data. called: the accounts
    of those who rang up."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.demo = RunningDemo(data)
        self._people: dict[str, httpx.Client] = {}
        self.called: set[str] = set()

    def faster(self) -> None:
        self.demo.interrupt()
        self.demo, self._people = RunningDemo(self.data, "--speed", FAST), {}

    def as_(self, role: str) -> httpx.Client:
        if role not in self._people:
            self._people[role] = self.demo.signed_in(role)
        return self._people[role]

    def the(self, path: str) -> Json:
        """The only one there is."""
        items = self.as_("duty_manager").get(f"/api/v1/{path}").raise_for_status().json()["items"]
        assert len(items) == 1, [item["id"] for item in items]
        found: Json = items[0]
        return found

    def any(self, path: str) -> bool:
        return bool(self.as_("duty_manager").get(f"/api/v1/{path}").raise_for_status().json()["items"])

    def post(self, role: str, path: str, status: int = 200, **body: object) -> Json:
        answer = self.as_(role).post(f"/api/v1/{path}", json=body or None)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else {}

    def step(self, role: str, step: str, **body: object) -> Json:
        return self.post(role, f"work-orders/{self.the('work-orders')['id']}/{step}", **body)

    def alarm(self) -> Json:
        items = self.as_("operator").get("/api/v1/alarms").raise_for_status().json()["items"]
        found: Json = next(one for one in items if one["id"] == BURST)
        return found

    def mass_calls(self) -> Json:
        found: Json = self.as_("hotline").get("/api/v1/hotline/queue").raise_for_status().json()["mass"]
        return found

    def mailing(self, version: int) -> Json:
        """Nothing before there is one."""
        answer = self.as_("duty_manager").get(f"/api/v1/deliveries/{self.the('notices')['id']}.{version}")
        found: Json = answer.json() if answer.status_code == 200 else {}
        return found

    def letters(self, version: int) -> list[Json]:
        path = f"/api/v1/deliveries/{self.the('notices')['id']}.{version}/letters?limit=5000"
        return items(self.as_("duty_manager"), path)

    def untold(self, version: int) -> list[Json]:
        """For whom what was said stands, or who wait to hear that it is over, as they reported it."""
        path = f"/api/v1/deliveries/{self.the('notices')['id']}.{version}/untold?limit=5000"
        return [one for one in items(self.as_("duty_manager"), path) if one["why"] in _STANDS]

    def told_that_it_is_over(self) -> dict[str, float]:
        """By account: s from what freed it, of whichever version, until it was told."""
        path = f"/api/v1/notices/{self.the('notices')['id']}/versions"
        freed = {one["version"]: one["sent"] for one in items(self.as_("duty_manager"), path)[:-1]}
        over = [(one, n) for n in freed for one in self.letters(n) if one["change"] in ("restored", "spared")]
        return {one["account"]: seconds(freed[n], one["sent"]) for one, n in over if one["sent"]}

    def callers(self) -> list[Json]:
        """People of accounts without water, by the streets and numbers of the notice, one an account."""
        named = self.the("notices")["streets"]
        streets = {one["street"]: one["numbers"] for one in named if not one["weak"]}
        utility = self.data / "utility"
        with (utility / "accounts.csv").open(encoding="utf-8") as file:
            inside = {row["id"] for row in csv.DictReader(file) if _within(row, streets)}
        with (utility / "customers.csv").open(encoding="utf-8") as file:
            rows = {row["account"]: row for row in csv.DictReader(file) if row["account"] in inside}
        return list({row["phone"]: row for row in rows.values()}.values())


def _within(row: dict[str, str], streets: dict[str, str | None]) -> bool:
    if row["street"] not in streets:
        return False
    numbers = streets[row["street"]]
    if numbers is None:
        return True
    first, last = (int(number) for number in (numbers.split("–") * 2)[:2])
    return first <= (house_number(row["address"]) or 0) <= last


def reached(version: Json) -> int:
    """Accounts that it names, those with weak water among them."""
    content = version["content"]
    return int(content["accounts_affected"]) + int(content["accounts_weak"])


def seconds(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = Town(tmp_path_factory.mktemp("demo"))
    yield town
    if town.demo.process.poll() is None:
        town.demo.interrupt()


def test_within_a_minute_a_red_wall_an_order_of_priority_1_and_a_draft(town: Town) -> None:
    with page_of(town.demo, "kiosk") as wall:
        wall.goto("/wall?lang=zh")
        wall.wait_for_selector("#banner *")
        assert not wall.evaluate(RED)
        until(
            late_in_a_minute,
            90,
            "it is late in a minute, when the town's minutes take longest to tell a step",
        )
        truth = town.demo.sim("burst", "--zone", ZONE, "--pipe", "P07037", "--flow-m3h", "60")
        town.demo.until(lambda: "工单" in wall.evaluate(RED), 300, "the wall is red and names the order")
        assert "疑似爆管" in wall.evaluate(RED)
    with page_of(town.demo, "operator") as desk:
        desk.goto("/desk?lang=zh")
        desk.wait_for_selector("tr.p1:has-text('疑似爆管')", timeout=60_000)
    until(lambda: town.any("notices"), 180, "a notice is drafted")
    alarm, incident, order, draft = town.alarm(), *map(town.the, ("incidents", "work-orders", "notices"))
    assert seconds(truth["start"], alarm["raised"]) <= 60
    assert seconds(alarm["raised"], order["opened"]) <= 5
    assert seconds(incident["confirmed"], draft["drafted"]) <= 30
    assert (incident["kind"], incident["zone"], order["priority"]) == ("burst", ZONE, 1)
    assert draft["title"]["zh"] and draft["title"]["en"]
    assert draft["state"] == "draft", "nothing publishes itself"


def test_whoever_is_on_call_has_the_order_within_five_seconds_and_is_rung_within_five(town: Town) -> None:
    raised, order = town.alarm()["raised"], town.the("work-orders")
    first = until(lambda: rung(town.as_("duty_manager"), order["incident"]), 60, "a phone has the call")[0]
    on = order["on_call"]
    assert on["position"] == "duty-manager" and on["contact"] in phones("duty-manager", on["at"])
    assert (first["position"], first["contact"], first["priority"]) == (on["position"], on["contact"], 1)
    assert seconds(raised, on["at"]) <= 5
    assert seconds(on["at"], first["at"]) <= 5
    assert (order["state"], order["crew"], order["owner"]) == ("reported", None, None), (
        "no crew goes by itself"
    )


def test_published_by_a_person_it_is_on_the_portal_and_on_its_way_to_everybody(town: Town) -> None:
    until(lambda: town.the("incidents")["location"], 60, "the break is located")
    notice = town.the("notices")["id"]
    assert not town.mass_calls()["active"]
    town.post("duty_manager", f"notices/{notice}/approve")
    published = town.post("duty_manager", f"notices/{notice}/publish")
    until(lambda: notice in fetched(f"{town.demo.portal}/").text, 60, "the portal shows the notice")
    until(lambda: town.any("deliveries") and town.the("deliveries")["queued"], 60, "letters are queued")
    mailing = town.the("deliveries")
    assert seconds(published["published"], mailing["queued"]) <= 30
    assert mailing["planned"] == mailing["accounts"] >= published["accounts_affected"] > CALLS
    until(lambda: town.mass_calls()["active"], 60, "the hotline takes its short way")
    assert town.mass_calls()["why"] == "priority_1_notice", "before many ring"
    until(lambda: town.the("deliveries")["state"] == "done", 120, "all letters are out")
    outbox = [p for name in ("sms", "wechat") for p in (town.data / f"outbox/customers-{name}").iterdir()]
    assert len(outbox) == sum(town.the("deliveries")["states"].values())


def test_a_caller_s_card_has_the_verdict_before_the_agent_asks(town: Town) -> None:
    caller, token = town.callers()[0], (town.data / "telephony.token").read_text().strip()
    ringing = {"event": "newCall", "callId": "c-0", "from": caller["phone"], "to": "96xxx", "direction": "in"}
    assert httpx.post(f"{town.demo.hub}/api/v1/cti/{token}", json=ringing, verify=False).status_code == 200
    card = town.post("hotline", "hotline/card", tel=caller["phone"])
    assert card["verdict"] == "known_outage"
    assert card["standing"][0]["notice"] == town.the("notices")["id"]
    assert caller["phone"] not in str(card)


def test_200_calls_twenty_at_a_time_are_one_order_with_200_links(town: Town) -> None:
    callers = town.callers()[:CALLS]
    taken = Seats(town.demo, town.as_("hotline")).take(callers)
    town.called = {caller["account"] for caller in callers}
    order = town.the("work-orders")
    assert order["reports"] == len({one["report"]["id"] for one in taken}) == CALLS
    assert {one["place"]["order"] for one in taken} == {order["id"]}
    assert {one["card"]["verdict"] for one in taken} == {"known_outage"}
    assert town.the("incidents")["id"] == order["incident"]
    until(lambda: town.mass_calls()["arrivals"] > town.mass_calls()["threshold"], 60, "so many are counted")
    assert town.mass_calls()["active"]


def test_once_valves_are_shut_the_footprint_shrinks_and_whoever_is_outside_is_told(town: Town) -> None:
    order = town.the("work-orders")["id"]
    town.step("dispatcher", "assign", crew="crew-1")
    for step in ("accept", "depart", "arrive"):
        town.step("crew", step)
    for valve in town.as_("crew").get(f"/api/v1/work-orders/{order}/valves").json()["to_shut"]:
        closed = {"valve": valve, "turning": "close", "turns": 30, "closes": "clockwise"}
        town.post("crew", f"work-orders/{order}/valves", 201, **closed)
    town.step("crew", "isolate")
    notice = town.the("notices")["id"]

    def known() -> bool:
        check = town.as_("duty_manager").get(f"/api/v1/notices/{notice}/check").json()
        return {part["reason"] for part in check["reached"]} == {
            "behind_shut_valves",
            "own_tank_lasts_a_while",
        }

    until(known, 60, "the next version is drafted, and is of nobody who only might have weak water")
    town.post("duty_manager", f"notices/{notice}/approve")
    assert town.post("duty_manager", f"notices/{notice}/publish")["version"] == 2
    second, first = items(town.as_("duty_manager"), f"/api/v1/notices/{notice}/versions")
    gone = second["difference"]["released"]
    assert gone >= max(1, reached(first) - reached(second)), "a later location may have added others"
    until(lambda: town.mailing(2).get("queued"), 60, "letters of what has changed are queued")
    letters = town.letters(2)
    over = [one for one in letters if one["supply"] is None]
    assert {(one["change"], one["because"]) for one in over} == {("spared", "released")}
    outside = {one["account"] for one in over}
    inside = {one["account"] for one in (*letters, *town.untold(2))} - outside
    before = {one["account"] for one in town.letters(1)}
    assert outside <= before <= outside | inside, "all who were told before; a later location may add some"


def test_water_is_back_by_telemetry_and_callers_are_told(town: Town) -> None:
    town.step("crew", "repair")
    town.demo.sim("clear")
    burst = town.alarm()
    town.post("operator", f"alarms/{BURST}/ack", occurrence=burst["occurrence"], seq=burst["seq"])
    town.faster()
    until(lambda: town.the("incidents")["state"] == "restored", 200, "telemetry says that water is back")
    order, notice = town.the("work-orders")["id"], town.the("notices")["id"]
    for shut in town.as_("crew").get(f"/api/v1/work-orders/{order}/valves").json()["shut"]:
        opened = shut | {"turning": "open", "closes": "clockwise"}
        town.post("crew", f"work-orders/{order}/valves", 201, **opened)
    town.step("crew", "complete", outcome="repaired")
    town.post("duty_manager", f"notices/{notice}/restore")
    until(lambda: "恢复供水" in fetched(f"{town.demo.portal}/notice/{notice}").text, 60, "all is clear")

    until(
        lambda: len(town.called) == CALLS and town.called <= town.told_that_it_is_over().keys(),
        60,
        "all 200 are told",
    )
    assert max(map(town.told_that_it_is_over().__getitem__, town.called)) <= 600, "plant time, of each caller"


def test_nothing_closes_in_silence_and_callers_are_asked(town: Town) -> None:
    order = town.the("work-orders")["id"]
    refused = town.post("dispatcher", f"work-orders/{order}/close", 422)
    assert {one["item"] for one in refused["missing"]} >= {"photo_after", "callback"}
    put = f"/api/v1/work-orders/{order}/photos/after-1?stage=after"
    sent = town.as_("crew").put(put, content=photo(), headers={"Content-Type": "image/jpeg"})
    assert sent.status_code == 201, sent.text
    town.post("dispatcher", "callbacks", 201)
    assert {one["account"] for one in items(town.as_("dispatcher"), "/api/v1/callbacks")} == town.called


def test_what_it_cost_is_counted_and_the_books_hold(town: Town) -> None:
    cost = town.the("outages")
    assert cost["restored"] and cost["customer_minutes"] > 0
    assert cost["no_water"] > CALLS
    town.demo.interrupt()
    for books in ("ledger", "audit"):
        command = [sys.executable, "-m", "hub", books, "verify", "configs/demo"]
        environment = {**os.environ, "WATERHUB_DATA": str(town.data)}
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
        assert done.returncode == 0, done.stdout + done.stderr
