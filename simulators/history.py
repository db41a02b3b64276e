"""The past, written before a demo starts: 28 days at first, afterwards the time that it stood still.

    python -m simulators.history --config configs/demo --data .waterhub/demo --seed 1 --end-ns N

One file a day under DATA/history, for the hub to take over; progress as JSON lines.
"""

from pathlib import Path

import numpy as np

from simulators.accounts import write_accounts
from simulators.lifecycle import arguments, die_with_parent, say
from simulators.memory import Memory
from simulators.record import DAY_S, Recorder, Samples, network_of
from simulators.smart_meters import SmartMeters
from simulators.truth import make_truth
from simulators.world import World

S = 1_000_000_000
HOUR_S = 3600
DAYS = 28
WARM_UP_S = 12 * HOUR_S
"""Before the first sample, so that tanks and chlorine have settled."""


def write_history(config: Path, data: Path, seed: int, end_ns: int, days: float = DAYS) -> None:
    """Makes the truth and the customers where they are missing, writes what lies between the last time the
    town lived (at most `days` ago) and `end_ns`, and leaves the town's memory at `end_ns`."""
    town = data / "town"
    memory = Memory.load(town)
    seed = memory.seed if memory else seed
    truth = make_truth(config, network_of(config), town, seed)
    say(doing="customers")
    write_accounts(config, data / "utility" / "accounts.csv", seed, network=network_of(config))
    longest = round(days * DAY_S) * S
    begin = max(memory.at_ns, end_ns - longest) if memory else end_ns - longest
    begin -= begin % (60 * S)
    world = World(config, truth, seed, begin if memory else begin - WARM_UP_S * S)
    for trouble in memory.troubles if memory else ():
        world.resume(trouble)
    world.move(begin)
    meters = SmartMeters.of(data / "utility" / "accounts.csv", world)
    folder = data / "history"
    folder.mkdir(exist_ok=True)
    for part in Recorder(world, config).days(end_ns):
        share = (world.now_ns - begin) / max(1, end_ns - begin)
        say(doing=f"the town's past, {(end_ns - begin) / S / DAY_S:.1f} days of it", share=round(share, 2))
        part.save(folder / f"{int(part.t_ns[0]) // S}.npz")
    if memory is None:
        _readings(meters, world, begin, end_ns).save(folder / "meters.npz")
    world.move(end_ns)
    world.save()
    Memory(seed, end_ns, tuple(world.troubles)).save(town)
    world.close()


def _readings(meters: SmartMeters, world: World, first_ns: int, last_ns: int) -> Samples:
    """The registers at each full hour of a stretch."""
    hours = np.arange(-(-first_ns // (HOUR_S * S)), last_ns // (HOUR_S * S) + 1)
    registers = np.array([meters.registers_m3(world, float(hour * HOUR_S)) for hour in hours])
    n = len(meters.meters)
    return Samples(
        tuple(f"meter.{meter}" for meter in meters.meters),
        np.tile(np.arange(n, dtype=np.uint32), len(hours)),
        np.repeat(hours * HOUR_S * S, n),
        registers.reshape(-1),
        np.zeros(n * len(hours), np.uint32),
    )


def main() -> None:
    die_with_parent()
    parser = arguments("Writes the past of the simulated town.")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--end-ns", type=int, required=True, help="plant time at which the demo begins")
    parser.add_argument("--days", type=float, default=DAYS)
    given = parser.parse_args()
    write_history(given.config, given.data, given.seed, given.end_ns, given.days)


if __name__ == "__main__":
    main()
