"""`waterhub demo`: a whole utility on this machine, as one parent and its processes."""

import asyncio
import contextlib
import fcntl
import json
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from core.adapters.sql_ledger.ledger import SqlLedger
from core.adapters.sqlite_historian_reopened import has_begun
from core.model.clock import Anchor
from core.runtime.clock import write_anchor
from hub.demo.children import Child, Children
from hub.demo.lan import FOLDER as LAN
from hub.demo.lan import PAGE, open_door
from hub.demo.people import crews_of, prove_ways, sign_ins
from hub.demo.ports import Door, choose
from hub.demo.screen import Screen
from hub.escalation_file import NAME as ESCALATION
from hub.keys import PUBLIC, signing_key
from hub.opening import FILE, Opening
from hub.stores import ledger_file
from simulators.field_map import FieldMap
from simulators.memory import Memory
from simulators.place import place

SEED = 20_261_122
FACTS = "demo.json"
HUB = Door("the hub", "WATERHUB_HUB_PORT", 8080)
PORTAL = Door("the public portal", "WATERHUB_PORTAL_PORT", 8081)
PHONES = "WATERHUB_PHONES_PORT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command line asked for."""

    config: Path
    data: Path
    speed: float = 1.0
    network: Path | None = None
    fresh: bool = False
    as_json: bool = False
    lan: str | None = None
    """The address by which phones reach this machine; None: they do not."""


class DemoRefused(Exception):
    """Why there is no demo, in words for the terminal."""


async def demo(wish: Wish) -> None:
    """Until SIGINT or SIGTERM. Raises DemoRefused or ChildFailed."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with _only_demo(wish), contextlib.ExitStack() as claims:
        screen = Screen(wish.as_json)
        starting = asyncio.create_task(_start(wish, screen, claims))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            children = await starting
            await stop.wait()
            screen.say("stopping")
            await children.stop()


KNOWN = frozenset(
    {
        *("demo.lock", FACTS, f"{FACTS}.new", "clock.json", "clock.json.new", "sign-ins.json"),
        *("config", "utility", "town", "broker", "spool", "keys", "public", "logs", "history", "replay"),
        *("photos", "portal", "lan", "telephony.token"),
        *("archive.state", "archive.new", "frozen.npz", "frozen.new"),
        *("outbox", "calls.beat", "calls.new", "auditor.json", "auditor.new"),
    }
)
STORES = ("historian.db", "ledger.db", "quarantine.db", "directory.db", "directory.new", "influx-late")
"""With all that they lay beside themselves: journals, a mark, what was damaged."""


def belongs(name: str) -> bool:
    """Whether a demo's data folder may hold it; --fresh removes all of them."""
    return name in KNOWN or name.startswith(STORES)


@contextlib.contextmanager
def _only_demo(wish: Wish) -> Iterator[None]:
    """Holds the data folder's lock; a second demo on the same folder is refused, and so is a folder that
    holds anything else."""
    data = wish.data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if strangers := sorted(entry.name for entry in data.iterdir() if not belongs(entry.name)):
        raise DemoRefused(f"{data} holds {strangers[0]!r}, which is not a demo's; give another --data")
    with (data / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoRefused(f"a demo runs on {data} already; stop it, or give another --data") from None
        if wish.fresh:
            for entry in data.iterdir():
                if entry.is_dir():
                    shutil.rmtree(entry)
                elif entry.name != "demo.lock":
                    entry.unlink()
        if not ledger_file(data).exists():  # anchors of another ledger's audit do not fit a new one's
            shutil.rmtree(data.resolve().with_name(f"{data.resolve().name}-anchor"), ignore_errors=True)
        yield


async def _start(wish: Wish, screen: Screen, claims: contextlib.ExitStack) -> Children:
    began = time.monotonic()
    data = wish.data.resolve()
    logs = data / "logs"
    logs.mkdir(exist_ok=True)
    config = await _configuration(wish, data, screen)
    doors = [HUB, PORTAL, *_field_doors(FieldMap(config))]
    if wish.lan:
        doors.append(Door("the phones' door", PHONES, 8443, wish.lan))
    ports = choose(doors, screen.say, claims)
    phones = _phones(wish.lan, data, ports[PHONES]) if wish.lan else None
    environment = {"WATERHUB_DATA": str(data), **{name: str(port) for name, port in ports.items()}}
    children = Children(logs, environment, partial(_heard, data, screen))
    try:
        await _start_town(wish, config, data, children, screen)
        people = await _people(config, data)
        await _start_hub(config, data, ports, children, screen, phones)
    except BaseException:
        await children.stop()
        raise
    facts = {
        "hub": f"http://127.0.0.1:{ports[HUB.variable]}",
        "portal": f"http://127.0.0.1:{ports[PORTAL.variable]}",
        "sign_ins": people,
        "pids": children.pids,
        "ports": {door.name: ports[door.variable] for door in doors},
        "phones": {"url": phones.url + PAGE, "fingerprint": phones.fingerprint} if phones else None,
        "ready_s": round(time.monotonic() - began, 1),
    }
    _keep_facts(data, {key: facts[key] for key in ("hub", "portal", "pids", "ports")})
    screen.ready(facts)
    return children


def _heard(data: Path, screen: Screen, child: str, facts: dict[str, Any]) -> None:
    """What a child says; when one was started again demo.json learns its process id."""
    screen.heard(child, facts)
    if "started" in facts and (data / FACTS).exists():
        _keep_facts(data, {**json.loads((data / FACTS).read_text()), "pids": facts["started"]})


def _keep_facts(data: Path, facts: dict[str, Any]) -> None:
    """DATA/demo.json: where the demo is and which processes it has, for scripts."""
    fresh = data / f"{FACTS}.new"
    fresh.write_text(json.dumps(facts))
    fresh.replace(data / FACTS)


async def _configuration(wish: Wish, data: Path, screen: Screen) -> Path:
    """configs/demo, or for another network a folder made for it, kept in the data folder."""
    made = data / "config"
    if wish.network is None:
        return made if made.exists() else wish.config.resolve()
    if not made.exists():
        screen.say(f"instruments for {wish.network.name}")
        await asyncio.to_thread(place, wish.network, made)
    return made


def _field_doors(field: FieldMap) -> list[Door]:
    """A door for each endpoint of the town, by the variable its port has in collectors.yaml."""
    stations = [
        Door(f"Modbus {id}", f"WATERHUB_{id.upper().replace('-', '_')}_PORT", station.port)
        for id, station in field.stations().items()
    ]
    return [
        *stations,
        Door("OPC UA", "WATERHUB_OPCUA_PORT", 14840),
        Door("MQTT", "WATERHUB_MQTT_PORT", 11883),
    ]


async def _people(config: Path, data: Path) -> list[dict[str, str]]:
    ledger = await SqlLedger.open(ledger_file(data))
    try:
        await prove_ways(config, data, ledger)
        return await sign_ins(ledger, data, crews_of(config))
    finally:
        await ledger.close()


async def _start_town(wish: Wish, config: Path, data: Path, children: Children, screen: Screen) -> None:
    """The broker; the past; then the clock begins, and with it the town and its instruments."""

    def town(module: str, *more: str) -> list[str]:
        return [
            sys.executable,
            "-m",
            f"simulators.{module}",
            "--config",
            str(config),
            "--data",
            str(data),
            *more,
        ]

    screen.say("message broker")
    await children.start(Child("broker", town("broker")))
    first = not has_begun(data / "historian.db")
    begin_ns = _resume_ns(data)
    past = ("history", town("history", "--seed", str(SEED), "--end-ns"))
    await children.once(past[0], [*past[1], str(begin_ns)])
    if first:
        await children.once("import", [sys.executable, "-m", "hub.first_start", str(config)])
        begin_ns = _resume_ns(data)
        await children.once(past[0], [*past[1], str(begin_ns)])
    write_anchor(data / "clock.json", Anchor(time.time_ns(), begin_ns, wish.speed))
    screen.say("the town and its instruments")
    await children.start(Child("town", town("town", "--seed", str(SEED))))
    stations = [
        Child(f"modbus-{id}", town("modbus_station", "--station", id)) for id in FieldMap(config).stations()
    ]
    await children.start(
        *stations,
        Child("opcua", town("opcua_server")),
        Child("meters", town("meters")),
    )


async def _start_hub(
    config: Path,
    data: Path,
    ports: Mapping[str, int],
    children: Children,
    screen: Screen,
    phones: Opening | None,
) -> None:
    signing_key(data / "keys")
    screen.say("the hub, and the citizens' portal")
    snapshots, key = str(data / "public"), str(data / "keys" / PUBLIC)
    portal = [
        "-m",
        "hub.portal",
        "--snapshots",
        snapshots,
        "--key",
        key,
        "--state",
        str(data / "portal"),
        "--port",
        str(ports[PORTAL.variable]),
    ]
    hub = [sys.executable, "-m", "hub"]
    door = ["--phones", str(data / LAN / FILE)] if phones else []
    watched = (config / ESCALATION).exists()
    await children.start(
        *([Child("auditor", [*hub, "auditor", str(config)])] if watched else []),
        Child("hub", [*hub, "run", str(config), *door], ports[HUB.variable]),
        Child("portal", [sys.executable, *portal], ports[PORTAL.variable]),
    )


def _phones(address: str, data: Path, port: int) -> Opening:
    try:
        return open_door(data, address, port)
    except ValueError as error:
        raise DemoRefused(f"--lan: {error}") from error


def _resume_ns(data: Path) -> int:
    """Plant time at which a demo goes on: the later of the last time its town lived and now."""
    memory = Memory.load(data / "town")
    return max(time.time_ns(), memory.at_ns if memory else 0)
