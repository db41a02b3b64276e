"""L-Town twins: what 33 gauges, 3 meters and the tank tell of a town that is not quite as its model says.

By seed: roughness and demand off by up to 10 % (`ltown_water`), gauges with 2 cm of noise, a resolution of
1 cm and a fixed offset within 0.3 m, meters with 1 % of noise. Quiet days first, from which a hub learns,
then days with a leak.
"""

import hashlib
import os
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from bench.ltown_water import NO_ERRORS, PER_DAY, Errors, Leak, Water, areas, flowed, network_of
from core.model.network import LinkKind
from core.model.sample import Floats

GAUGE_NOISE_M, GAUGE_STEP_M, GAUGE_OFFSET_M, METER_NOISE = 0.02, 0.01, 0.3, 0.01
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "waterhub" / "twins"
LEAST_M3H, MOST_M3H = 10.0, 50.0


@dataclass(frozen=True, slots=True)
class Record:
    """What the instruments tell, in the order of `Twin.gauges` and `ltown_water.METERS`, every 5 min from a
    Tuesday's beginning. leak_m3h: the truth."""

    pressure_m: Floats
    flow_m3h: Floats
    level_m: Floats
    leak_m3h: Floats


def network_files(data: Path) -> tuple[Path, tuple[str, ...]]:
    """The model, and the nodes that have a gauge."""
    folder = data / "battledim" if (data / "battledim").is_dir() else data
    return folder / "L-TOWN.inp", tuple((folder / "pressure_sensors.txt").read_text().split())


class Twin:
    """One town. days: the quiet ones. exact: a town just like its model, and instruments never wrong. cache:
    where EPANET's results are kept from one run to the next; None to keep none."""

    def __init__(
        self, data: Path, seed: int, days: int, *, exact: bool = False, cache: Path | None = CACHE
    ) -> None:
        self._inp, self.gauges = network_files(data)
        self.seed, self.days, self._exact, self._cache = seed, days, exact, cache
        self._errors = NO_ERRORS if exact else Errors()
        self._made = hashlib.sha256(self._inp.read_bytes() + Path(flowed.__code__.co_filename).read_bytes())

    def leaks(self, n: int) -> list[Leak]:
        """Of 10 to 50 m3/h, on any pipe behind an inlet's valve, on the first quarter of a day after the
        quiet ones or later, so that 48 h are left of three days."""
        network = network_of(self._inp)
        area = areas(network)
        pipes = [
            link.id
            for link in network.links.values()
            if link.kind is LinkKind.PIPE and area[link.a] != "inlet" and link.open
        ]
        rng = np.random.default_rng([self.seed, 3])
        return [
            Leak(
                pipe=str(pipe),
                size_m3h=round(float(rng.uniform(LEAST_M3H, MOST_M3H)), 1),
                start=self.days * PER_DAY + int(rng.integers(0, PER_DAY)),
                along=round(float(rng.uniform(0.2, 0.8)), 2),
            )
            for pipe in rng.choice(pipes, n, replace=False)
        ]

    def record(self, leak: Leak, days: int) -> Record:
        """The quiet days and so many more, in which the leak is."""
        span = range(self.days * PER_DAY, (self.days + days) * PER_DAY)
        return self._measured([self._quiet, self._kept(span, leak, self._quiet)])

    @cached_property
    def _quiet(self) -> Water:
        return self._kept(range(self.days * PER_DAY), None, None)

    def _measured(self, parts: list[Water]) -> Record:
        pressure, flow, level = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("pressure_m", "flow_m3h", "level_m")
        )
        leak = np.concatenate([part.leak_m3h.sum(axis=1) for part in parts])
        if self._exact:
            return Record(pressure, flow, level, leak)
        rng = np.random.default_rng([self.seed, 4])
        offset = rng.uniform(-GAUGE_OFFSET_M, GAUGE_OFFSET_M, pressure.shape[1])
        told = pressure + offset + GAUGE_NOISE_M * rng.normal(size=pressure.shape)
        flow = flow * (1 + METER_NOISE * rng.normal(size=flow.shape))
        step = GAUGE_STEP_M
        return Record(np.round(told / step) * step, flow, np.round(level / step) * step, leak)

    def _kept(self, span: range, leak: Leak | None, before: Water | None) -> Water:
        if self._cache is None:
            return flowed(self._inp, self.gauges, self.seed, self._errors, span, leak, before)
        of = self._made.copy()
        of.update(repr((self.gauges, self.seed, self.days, self._errors, span, leak)).encode())
        file = self._cache / f"{of.hexdigest()[:24]}.npz"
        if not file.exists():
            water = flowed(self._inp, self.gauges, self.seed, self._errors, span, leak, before)
            self._cache.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(f".{os.getpid()}.npz")
            np.savez(part, **asdict(water))
            part.replace(file)
        with np.load(file) as kept:
            names = ("pressure_m", "flow_m3h", "level_m", "leak_m3h")
            pressure, flow, level, lost = (kept[name] for name in names)
            return Water(pressure, flow, level, lost, float(kept["level_end_m"]), float(kept["pump"]))
