"""The town, live: moves its world with plant time, writes the board, follows orders, remembers.

python -m simulators.town --config configs/demo --data .waterhub/demo --seed 1 [--prepare]
"""

import asyncio
import math
import time
from pathlib import Path
from typing import Any

from core.model.clock import REAL
from core.model.shanghai import rfc3339
from core.runtime.clock import AnchoredClock, read_anchor
from simulators import control
from simulators.board import BoardWriter
from simulators.lifecycle import (
    EXIT_PORT_IN_USE,
    arguments,
    die_with_parent,
    refuse,
    say,
    stopping,
    until_stopped,
)
from simulators.memory import Memory
from simulators.meter_book import MeterBook
from simulators.meter_use import MeterUse
from simulators.past import awake, found, prepare
from simulators.world import World

TICK_S = 1.0
SAVE_S = 5.0
KEYS = frozenset({"command", "zone", "pipe", "flow_m3h", "tag", "kind", "duration_s"})
AMOUNTS = ("flow_m3h", "duration_s")


def checked(order: dict[str, Any]) -> dict[str, Any]:
    """An order as the world takes it, without what was left open. Raises ValueError."""
    given = {key: value for key, value in order.items() if value is not None}
    if unknown := sorted(given.keys() - KEYS):
        raise ValueError(f"an order has no {', '.join(unknown)}; it may have {', '.join(sorted(KEYS))}")
    for key, value in given.items():
        if key not in AMOUNTS and not isinstance(value, str):
            raise ValueError(f"{key} must be text, not {value!r}")
    for key in AMOUNTS:
        if key in given:
            amount = float(given[key])
            if not (math.isfinite(amount) and amount > 0):
                raise ValueError(f"{key} must be a number above 0, not {given[key]!r}")
            given[key] = amount
    return given


class Town:
    """One world on one board."""

    def __init__(self, world: World, use: MeterUse, clock: AnchoredClock, folder: Path, seed: int) -> None:
        self._world, self._use, self._clock, self._folder, self._seed = world, use, clock, folder, seed
        self._board = BoardWriter.open(folder, world.tags)
        self._book = MeterBook.write(folder, use.meters)
        self._saved = time.monotonic()

    def tick(self) -> None:
        """The world as of now, on the board."""
        readings = self._world.advance(self._clock.now_ns())
        self._board.write(readings.t_ns.data, readings.v.data, readings.q.data)
        self._use.keep(self._world, self._book)
        if time.monotonic() - self._saved > SAVE_S:
            self.save()

    def save(self) -> None:
        self._world.save()
        Memory(self._seed, self._world.now_ns, tuple(self._world.troubles)).save(self._folder)
        self._saved = time.monotonic()

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        """Follows one order; the truth of it is on disk when it is answered. Raises ValueError."""
        given = checked(order)
        if given.get("command") == "status":
            return self.status()
        self._world.move(self._clock.now_ns())
        truth = self._world.order(given)
        self.save()
        self.tick()
        return truth

    def status(self) -> dict[str, Any]:
        return {
            "time": rfc3339(self._world.now_ns),
            "speed": self._clock.anchor.speed,
            "tags": len(self._world.tags),
            "ticks": self._board.generation,
            "troubles": [trouble.truth() for trouble in self._world.troubles],
        }

    async def run(self) -> None:
        """A tick each real second, until cancelled."""
        due = time.monotonic()
        while True:
            self.tick()
            due = max(due + TICK_S, time.monotonic())
            await asyncio.sleep(due - time.monotonic())


async def serve(town: Town, folder: Path) -> None:
    stop = stopping()
    try:
        ear = control.listen(folder)
    except FileExistsError as error:
        refuse(str(error), EXIT_PORT_IN_USE)
    town.tick()
    say(ready="town", **{key: town.status()[key] for key in ("time", "tags")})

    async def live() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(control.serve(ear, town.answer))
            group.create_task(town.run())

    await until_stopped(stop, live())
    town.save()


def run(config: Path, data: Path, seed: int) -> None:
    """The town until it is told to stop."""
    folder = data / "town"
    clock = AnchoredClock(read_anchor(data / "clock.json") or REAL)
    truth = found(config, data, seed)
    memory = Memory.load(folder) or Memory(seed, clock.now_ns())
    world = awake(config, data, memory)
    use = MeterUse.read(data / "utility" / "accounts.csv", truth, world.areas)
    asyncio.run(serve(Town(world, use, clock, folder, memory.seed), folder))


def write_past(config: Path, data: Path, seed: int, until_ns: int | None) -> None:
    """The history up to `until_ns`, or plant time now, with its progress on standard output."""
    now_ns = until_ns or AnchoredClock(read_anchor(data / "clock.json") or REAL).now_ns()
    began = time.monotonic()
    samples = prepare(
        config, data, seed, now_ns, lambda doing, share: say(doing=doing, share=round(share, 3))
    )
    say(ready="past", samples=samples, took_s=round(time.monotonic() - began, 1))


def main() -> None:
    die_with_parent()
    parser = arguments("The simulated town: its water, its instruments, its troubles.")
    parser.add_argument(
        "--seed", type=int, default=20_261_122, help="of the truth, the customers and the noise"
    )
    parser.add_argument("--prepare", action="store_true", help="write the history that is missing, and end")
    parser.add_argument("--until-ns", type=int, help="with --prepare: plant time, UTC ns (default: now)")
    args = parser.parse_args()
    try:
        if args.prepare:
            write_past(args.config, args.data, args.seed, args.until_ns)
        else:
            run(args.config, args.data, args.seed)
    except (FileNotFoundError, ValueError) as error:
        refuse(f"town: {error}")


if __name__ == "__main__":
    main()
