"""The main job, whole: from the main that breaks to the citizen who reads of it, on real protocols.

One demo runs for all of these, twenty times as fast as life; the tests go in the order of the file.
"""

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.model.quality import Status
from response.extents import house_number
from tests.hub.running_demo import RunningDemo, fetched, items, until
from tests.hub.stories import complaints, dark, frozen, phones, planned_cut, spike
from tests.hub.stories.dark import Stopped
from tests.need import lack
from tests.servers.influxdb import InfluxServer

pytestmark = pytest.mark.timeout(600)
SPEED = 20
LATE_S = 120.0  # what a busy machine may need; what must be quick is measured by the tests of its own part
ZONE = "dma-04"
CALLER = "A015000"
"""Of an area in which nothing else happens."""
PHONES_AT = "127.0.0.2"
"""Not where everything else listens, and on this machine."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(data: Path) -> Iterator[RunningDemo]:
    running = RunningDemo(data, "--speed", str(SPEED), "--lan-address", PHONES_AT)
    yield running
    if running.process.poll() is None:
        running.interrupt()


@pytest.fixture(scope="module")
def manager(demo: RunningDemo) -> httpx.Client:
    return demo.signed_in("duty_manager")


def alarm(client: httpx.Client, id: str) -> dict[str, Any]:
    return next(one for one in items(client, "/api/v1/alarms") if one["id"] == id)


def test_it_begins_with_water_in_every_area_and_no_incident(demo: RunningDemo, manager: httpx.Client) -> None:
    zones = items(manager, "/api/v1/zones")
    assert len([zone for zone in zones if zone["kind"] == "dma" and zone["inflow_m3h"] > 1]) == 10
    assert items(manager, "/api/v1/incidents") == []
    assert (demo.data / "sign-ins.json").stat().st_mode & 0o777 == 0o600


def test_phones_have_one_door_by_tls_and_all_else_stays_on_this_machine(demo: RunningDemo) -> None:
    phones.one_door(demo, PHONES_AT)


def test_a_burst_becomes_one_incident_one_order_one_draft(demo: RunningDemo, manager: httpx.Client) -> None:
    truth = demo.sim("burst", "--zone", ZONE, "--flow-m3h", "30")
    assert truth["zone"] == ZONE
    until(lambda: items(manager, "/api/v1/notices"), LATE_S, "a notice is drafted")
    incidents = items(manager, "/api/v1/incidents")
    assert [(one["kind"], one["zone"], one["state"]) for one in incidents] == [("burst", ZONE, "confirmed")]
    assert [one["incident"] for one in items(manager, "/api/v1/work-orders")] == [incidents[0]["id"]]
    assert [one["incident"] for one in items(manager, "/api/v1/notices")] == [incidents[0]["id"]]
    assert items(manager, "/api/v1/notices")[0]["state"] == "draft"
    located = until(
        lambda: manager.get(f"/api/v1/incidents/{incidents[0]['id']}").json()["location"],
        LATE_S,
        "it is located",
    )
    assert located["candidates"][0]["link"].startswith("P04")


def test_nobody_outside_reads_of_it_until_people_publish(demo: RunningDemo, manager: httpx.Client) -> None:
    notice = items(manager, "/api/v1/notices")[0]
    assert notice["id"] not in fetched(f"{demo.portal}/api/v1/latest").text
    assert manager.post(f"/api/v1/notices/{notice['id']}/publish").status_code in {403, 409}
    assert manager.post(f"/api/v1/notices/{notice['id']}/approve").status_code == 200
    assert manager.post(f"/api/v1/notices/{notice['id']}/publish").status_code == 200
    until(lambda: notice["id"] in fetched(f"{demo.portal}/").text, 60, "the portal shows the notice")
    assert fetched(f"{demo.portal}/notice/{notice['id']}?lang=en").status_code == 200


def test_the_hotline_s_card_of_an_affected_caller_says_so(demo: RunningDemo, manager: httpx.Client) -> None:
    notice = items(manager, "/api/v1/notices")[0]
    street = notice["streets"][0]
    with (demo.data / "utility" / "accounts.csv").open(encoding="utf-8") as file:
        callers = [row for row in csv.DictReader(file) if row["street"] == street["street"]]
    with (demo.data / "utility" / "customers.csv").open(encoding="utf-8") as file:
        phones = {row["account"]: row["phone"] for row in csv.DictReader(file)}
    if numbers := street["numbers"]:
        first, last = (int(number) for number in (numbers.split("–") * 2)[:2])
        callers = [c for c in callers if first <= (house_number(c["address"]) or 0) <= last]
    agent = demo.signed_in("hotline")
    cards = [
        agent.post("/api/v1/hotline/card", json={"tel": phones[caller["id"]]}).json()
        for caller in callers[:40]
    ]
    known = [card for card in cards if card["verdict"] == "known_outage"]
    assert known, [card["verdict"] for card in cards[:5]]
    assert notice["id"] in str(known[0])
    assert phones[callers[0]["id"]] not in str(known[0]), "the phone is masked"


def test_an_acknowledgement_fits_what_was_seen_or_is_refused(manager: httpx.Client) -> None:
    burst = alarm(manager, f"{ZONE}:burst")
    seen = {"occurrence": burst["occurrence"], "seq": burst["seq"]}
    assert manager.post(f"/api/v1/alarms/{burst['id']}/ack", json=seen).status_code == 200
    assert manager.post(f"/api/v1/alarms/{burst['id']}/ack", json=seen).status_code == 409
    assert manager.post(f"/api/v1/alarms/{burst['id']}/ack", json={}).status_code == 422


def test_kill_9_of_the_hub_changes_nothing_that_was_decided(demo: RunningDemo, manager: httpx.Client) -> None:
    def decided() -> list[Any]:
        """Its size and place may be known better meanwhile; that is no decision."""
        facts: list[Any] = [(one["id"], one["state"]) for one in items(manager, "/api/v1/incidents")]
        for path in ("work-orders", "notices"):
            facts += [(one["id"], one["state"], one["seq"]) for one in items(manager, f"/api/v1/{path}")]
        burst = alarm(manager, f"{ZONE}:burst")
        return [*facts, burst["state"], burst["occurrence"]]

    before = decided()
    os.kill(demo.pid("hub"), signal.SIGKILL)
    until(lambda: manager.get("/healthz").status_code == 200, 60, "the hub is back")
    assert decided() == before


def test_every_sample_is_accounted_for(manager: httpx.Client) -> None:
    def balance() -> bool:
        told = manager.get("/metrics").raise_for_status().text.splitlines()
        missing = {
            line.split('"')[1]: float(line.split()[-1])
            for line in told
            if line.startswith("waterhub_samples_unaccounted{")
        }
        return len(missing) >= 7 and not any(missing.values())

    until(balance, LATE_S, "received = every fate + spooled, of each source")


def test_a_gauge_in_maintenance_is_doubted_until_its_time_is_over(manager: httpx.Client) -> None:
    def latest() -> dict[str, Any]:
        tags = manager.get("/api/v1/tags?zone=dma-05&quantity=pressure").json()["items"]
        found: dict[str, Any] = next(one["latest"] for one in tags if one["id"] == "dma-05.p1")
        return found

    now = datetime.fromisoformat(latest()["t"])
    until_ = (now + timedelta(minutes=5)).isoformat()
    wish = {"scope": "tag", "subject": "dma-05.p1", "note": "new cell", "until": until_}
    assert manager.post("/api/v1/maintenance", json=wish).status_code == 201
    until(lambda: latest()["q"] == Status.UNCERTAIN_SENSOR_CALIBRATION, LATE_S, "its values are doubted")
    until(lambda: latest()["q"] == Status.GOOD, 300 / SPEED + LATE_S, "it returns by itself")
    assert items(manager, "/api/v1/maintenance") == []


def test_a_frozen_station_is_lost_communication_and_nothing_else(
    demo: RunningDemo, manager: httpx.Client
) -> None:
    frozen.station(demo, manager, LATE_S)


def test_doubtful_water_is_being_verified_in_public(demo: RunningDemo, manager: httpx.Client) -> None:
    truth = demo.sim("quality", "--kind", "turbidity", "--zone", "dma-07")

    def verifying() -> bool:
        area = next(
            a for a in fetched(f"{demo.portal}/api/v1/latest").json()["areas"] if a["id"] == truth["zone"]
        )
        return any(r["parameter"] == "turbidity" and r["state"] == "verifying" for r in area["readings"])

    until(verifying, 600 / SPEED + LATE_S, "the area says that its turbidity is being verified")
    raised = [a for a in items(manager, "/api/v1/alarms") if a["active"] and a["zone"] == truth["zone"]]
    assert [a["class"] for a in raised] == ["public_health"]


def test_a_dead_probe_is_no_data_and_an_instrument_s_alarm(demo: RunningDemo, manager: httpx.Client) -> None:
    demo.sim("fault", "--tag", "q-05.ph", "--kind", "dead")
    raised = until(
        lambda: [a for a in items(manager, "/api/v1/alarms") if a["active"] and a["tag"] == "q-05.ph"],
        LATE_S,
        "an alarm speaks for the probe",
    )
    assert {a["class"] for a in raised} == {"instrument"}


def test_a_pump_that_trips_is_an_incident_of_the_pump_and_no_burst(
    demo: RunningDemo, manager: httpx.Client
) -> None:
    """A-19, read over Modbus: nobody is sent to dig."""
    demo.sim("pump", "--pump", "plant-1.pump-1")
    pump = until(
        lambda: [one for one in items(manager, "/api/v1/incidents") if one["kind"] == "pump_trip"],
        LATE_S,
        "an incident says so",
    )
    assert [(one["zone"], one["root"]) for one in pump] == [("plant-1", "plant-1.pump-1.running:duty-pump")]
    whole = manager.get(f"/api/v1/incidents/{pump[0]['id']}").json()
    assert [member["sign"] for member in whole["members"]][:1] == ["pump_stopped"]
    assert not [order for order in whole["work_orders"] if order["kind"] == "burst"]
    assert whole["notices"] == []


def test_the_town_is_repaired_and_the_order_stays_open(demo: RunningDemo, manager: httpx.Client) -> None:
    demo.sim("clear")
    until(lambda: not alarm(manager, f"{ZONE}:burst")["active"], 120, "the burst's alarm returns to normal")
    assert items(manager, "/api/v1/work-orders")[-1]["state"] == "reported"


def test_a_spike_of_three_minutes_changes_nothing_in_public(demo: RunningDemo, manager: httpx.Client) -> None:
    """E2E-3."""
    spike.read_a_spike(demo, manager, LATE_S)


def test_four_who_complain_where_no_instrument_does_send_somebody_to_look(
    demo: RunningDemo, manager: httpx.Client
) -> None:
    """E2E-2."""
    complaints.ring_up(demo, manager)


def test_a_planned_cut_moved_and_called_off_is_the_same_in_every_channel(
    demo: RunningDemo, manager: httpx.Client
) -> None:
    """E2E-4."""
    planned_cut.announce_move_and_call_off(demo, manager)


def test_a_second_demo_on_the_same_folder_is_refused(demo: RunningDemo) -> None:
    command = [sys.executable, "-m", "hub", "demo", "--data", str(demo.data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == 3
    assert "already" in done.stderr


@pytest.fixture(scope="module")
def stopped(demo: RunningDemo, manager: httpx.Client) -> Stopped:
    """Ctrl-C with a stream open."""
    orders, past = items(manager, "/api/v1/work-orders"), dark.past_of(manager, CALLER)
    with manager.stream("GET", "/api/v1/events") as stream:
        next(stream.iter_lines())
        return Stopped(demo.interrupt(), orders, past)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InfluxServer | None]:
    yield from dark.store(tmp_path_factory.mktemp("influx"))


@pytest.fixture(scope="module")
def again(stopped: Stopped, data: Path, store: InfluxServer | None) -> Iterator[RunningDemo]:
    """The same utility goes on; its samples are in an InfluxDB now, where there is one."""
    if store is not None:
        dark.on_influxdb(data, store, stopped.past)
    running = RunningDemo(data, "--speed", str(SPEED))
    yield running
    if running.process.poll() is None:
        running.interrupt()


def test_it_stops_with_streams_open_and_goes_on_where_it_was(
    demo: RunningDemo, stopped: Stopped, again: RunningDemo
) -> None:
    assert stopped.within_s < 5
    assert demo.process.returncode == 0
    assert again.facts["sign_ins"] == demo.facts["sign_ins"]
    orders = items(again.signed_in("duty_manager"), "/api/v1/work-orders")
    assert [_standing(one) for one in orders] == [_standing(one) for one in stopped.orders]


def _standing(order: dict[str, Any]) -> dict[str, Any]:
    """Without who is on call, which a change of shift changes meanwhile and writes down."""
    steps = [step for step in order["milestones"] if step["beside"] != "shift_changed"]
    return order | {"milestones": steps, "on_call": None, "seq": None}


def test_with_its_store_down_and_the_way_to_it_cut_people_are_answered(
    again: RunningDemo, store: InfluxServer | None
) -> None:
    """E2E-6."""
    if store is None:
        lack("InfluxDB is not built (make influxd)")
    dark.go_dark(again, store, CALLER)
    dark.start_in_the_dark(again, CALLER)


def test_it_stops_while_its_store_is_down(again: RunningDemo) -> None:
    assert again.interrupt() < 5
