"""The town, live: moves its world with plant time, writes the board, follows orders, remembers.

python -m simulators.town --config configs/demo --data .waterhub/demo --seed 1
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
from simulators.accounts import write_accounts
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
from simulators.meter_book import HOUR_NS, HOURS_KEPT, MeterBook
from simulators.record import network_of
from simulators.smart_meters import SmartMeters
from simulators.truth import make_truth
from simulators.world import World

TICK_S = 1.0
SAVE_S = 5.0
WARM_UP_NS = 6 * 3600 * 10**9
"""Plant time that a town without a past runs first, so that tanks and chlorine have settled."""
KEYS = frozenset({"command", "zone", "pipe", "pump", "flow_m3h", "tag", "kind", "value", "duration_s"})
AMOUNTS = ("flow_m3h", "duration_s")
NUMBERS = (*AMOUNTS, "value")


def checked(order: dict[str, Any]) -> dict[str, Any]:
    """An order as the world takes it, without what was left open. Raises ValueError."""
    given = {key: value for key, value in order.items() if value is not None}
    if unknown := sorted(given.keys() - KEYS):
        raise ValueError(f"an order has no {', '.join(unknown)}; it may have {', '.join(sorted(KEYS))}")
    for key, value in given.items():
        if key not in NUMBERS and not isinstance(value, str):
            raise ValueError(f"{key} must be text, not {value!r}")
    for key in NUMBERS:
        if key in given:
            if not isinstance(given[key], int | float | str):
                raise ValueError(f"{key} must be a number, not {given[key]!r}")
            amount = float(given[key])
            if not math.isfinite(amount) or (key in AMOUNTS and amount <= 0):
                raise ValueError(f"{key} must be a number above 0, not {given[key]!r}")
            given[key] = amount
    return given


class Town:
    """One world on one board."""

    def __init__(
        self, world: World, meters: SmartMeters, clock: AnchoredClock, folder: Path, seed: int
    ) -> None:
        self._world, self._meters, self._clock, self._folder, self._seed = world, meters, clock, folder, seed
        self._board = BoardWriter.open(folder, world.tags)
        self._book = MeterBook.write(folder, meters.meters)
        self._saved = time.monotonic()

    def tick(self) -> None:
        """The world as of now, on the board."""
        readings = self._world.advance(self._clock.now_ns())
        self._board.write(readings.t_ns.data, readings.v.data, readings.q.data)
        self._keep_book()
        if time.monotonic() - self._saved > SAVE_S:
            self.save()

    def _keep_book(self) -> None:
        """What the smart meters showed at every full hour up to now."""
        last = self._world.now_ns // HOUR_NS
        for hour in range(last - HOURS_KEPT + 1, last + 1):
            if not self._book.has(hour):
                registers = self._meters.registers_m3(self._world, hour * HOUR_NS / 1e9)
                self._book.put(hour, registers.data)

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


def awake(config: Path, data: Path, seed: int, now_ns: int) -> tuple[World, SmartMeters, int]:
    """The town as it was when it was last remembered, with what is wrong in it, moved on to now; its meters;
    its seed. Truth and customers are made at the first start. Raises OSError, ValueError."""
    folder, accounts = data / "town", data / "utility" / "accounts.csv"
    memory = Memory.load(folder)
    seed = memory.seed if memory else seed
    network = network_of(config)
    truth = make_truth(config, network, folder, seed)
    write_accounts(config, accounts, seed, network=network)
    world = World(config, truth, seed, memory.at_ns if memory else now_ns - WARM_UP_NS)
    for trouble in memory.troubles if memory else ():
        if trouble.end_ns is None or trouble.end_ns > world.now_ns:
            world.resume(trouble)
    world.move(now_ns)
    return world, SmartMeters.of(accounts, world), seed


def main() -> None:
    die_with_parent()
    parser = arguments("The simulated town: its water, its instruments, its troubles.")
    parser.add_argument(
        "--seed", type=int, default=20_261_122, help="of the truth, the customers and the noise"
    )
    args = parser.parse_args()
    clock = AnchoredClock(read_anchor(args.data / "clock.json") or REAL)
    try:
        world, meters, seed = awake(args.config, args.data, args.seed, clock.now_ns())
    except (OSError, ValueError) as error:
        refuse(f"town: {error}")
    folder = args.data / "town"
    asyncio.run(serve(Town(world, meters, clock, folder, seed), folder))


if __name__ == "__main__":
    main()
