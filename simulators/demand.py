"""What the town's people use: time of day, weekday, weather, slow wandering and minute noise.

Statistics follow ten real metered areas (Battle of the Water Demand Forecasting, 2021): about its usual
hour of the week an area's hourly inflow has a robust standard deviation of 2 to 15 % of its mean, median
7 %, less in large areas than in small ones; residuals an hour apart correlate 0.4 to 0.9. Everything
follows from (seed, time) alone.
"""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.noise import Floats, Seconds, Wander, key_of, normals

DAY_S, HOUR_S, WEEK_S = 86_400, 3_600, 7 * 86_400
SHANGHAI_S = 8 * HOUR_S
MONDAY_S = 4 * DAY_S
"""1970-01-01 was a Thursday; the Monday after it."""
SPREAD_AT_70 = 0.079
"""Robust standard deviation about the usual hour of an area that uses 70 m3/h, as a share of its mean."""
SPREAD_RANGE = (0.035, 0.14)
SHARED = 0.3
"""Standard deviation of what all areas have in common (weather), as a share of each area's own spread."""
SLOW = 0.3
"""Share of the variance that wanders over days; the rest over half an hour to two."""
MINUTE_NOISE = 0.10
"""Of a junction's demand, standard deviation from minute to minute: some ten to a hundred customers draw
at random, so that an area of 80 junctions comes to 1.5 %."""
HOURS_KEPT = 48

_HOME = (
    "38 28 24 22 24 40 88 142 150 132 122 124 134 118 104 100 106 128 156 172 166 144 104 64",
    "46 34 27 24 24 32 58 98 136 152 148 142 142 128 116 110 114 130 152 164 160 144 112 74",
)
_WORK = (
    "30 28 28 28 30 40 70 120 170 190 190 180 150 170 185 185 175 150 120 100 80 60 45 35",
    "30 28 28 28 29 34 50 76 104 120 124 120 110 112 116 114 108 98 88 78 64 52 42 34",
)
"""Hourly use on weekdays and at weekends, homes and workplaces; scaled to a mean of one."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Of each zone, arrays of n. work: share of workplaces. night: share that never stops (leakage, tanks).
    spread: standard deviation about the usual hour, share of the mean."""

    work: Floats
    night: Floats
    spread: Floats
    fast_tau_s: Floats


def habits(seed: int, mean_m3h: Floats) -> Habits:
    """Drawn by seed; larger areas vary less."""
    rng = np.random.default_rng(key_of(seed, "habits"))
    n = len(mean_m3h)
    return Habits(
        work=rng.uniform(0.05, 0.45, n),
        night=rng.uniform(0.15, 0.3, n),
        spread=np.clip(SPREAD_AT_70 * np.sqrt(70 / np.maximum(mean_m3h, 1.0)), *SPREAD_RANGE),
        fast_tau_s=rng.uniform(0.5, 2.0, n) * HOUR_S,
    )


class Demand:
    """base_m3h: the mean of every junction, (n,). zone: index of its zone, (n,), from 0 without a gap.
    week: each zone's usual week over its mean, hour by hour from Monday 00:00 in Shanghai, (168, n_zones)."""

    def __init__(self, seed: int, base_m3h: Floats, zone: npt.NDArray[np.intp]) -> None:
        self.base_m3h, self.zone = base_m3h, zone
        self.zone_m3h: Floats = np.bincount(zone, base_m3h).astype(np.float64)
        self._habits = habits(seed, self.zone_m3h)
        self._fast = Wander(key_of(seed, "fast"), self._habits.fast_tau_s, 900)
        self._slow = Wander(key_of(seed, "slow"), np.full(len(self.zone_m3h), 30.0 * HOUR_S), HOUR_S)
        self._weather = Wander(key_of(seed, "weather"), [72.0 * HOUR_S], HOUR_S)
        self._minute_key = key_of(seed, "minute")
        self.week = _weeks(self._habits)
        self._minutes: OrderedDict[int, npt.NDArray[np.float32]] = OrderedDict()

    def factors(self, t_s: npt.ArrayLike) -> Floats:
        """Each zone's use over its mean, without minute noise: (len(t_s), n_zones)."""
        t = np.atleast_1d(np.asarray(t_s, np.float64))
        into = (t + SHANGHAI_S - MONDAY_S) % WEEK_S / HOUR_S
        hour = into.astype(np.intp)
        share = (into - hour)[:, None]
        usual = self.week[hour] * (1 - share) + self.week[(hour + 1) % 168] * share
        own = np.sqrt(SLOW) * self._slow.at(t) + np.sqrt(1 - SLOW) * self._fast.at(t)
        mixed = SHARED * self._weather.at(t) + np.sqrt(1 - SHARED**2) * own
        factors: Floats = usual * np.maximum(0.1, 1 + self._habits.spread * mixed) * _season(t)[:, None]
        return factors

    def junctions(self, t_s: int, noisy: bool = True) -> Floats:
        """The demand of every junction at one time, m3/h, (n,)."""
        wanted: Floats = self.base_m3h * self.factors(t_s)[0][self.zone]
        return wanted * (1 + self.noise(t_s)) if noisy else wanted

    def noise(self, t_s: int) -> Floats:
        """Minute noise of every junction as a share of its demand: linear between full minutes."""
        minute, second = divmod(int(t_s), 60)
        share = second / 60
        return self._of_minute(minute) * (1 - share) + (
            self._of_minute(minute + 1) * share if second else 0.0
        )

    def zone_noise(self, t_s: Seconds) -> Floats:
        """What minute noise adds to each zone's use at full minutes, a share: (len(t_s), n_zones)."""
        minutes = np.asarray(t_s, np.int64) // 60
        weight = np.zeros((len(self.base_m3h), len(self.zone_m3h)))
        weight[np.arange(len(self.zone)), self.zone] = self.base_m3h / np.maximum(
            self.zone_m3h[self.zone], 1e-9
        )
        shares = np.empty((len(minutes), len(self.zone_m3h)))
        for hour in np.unique(minutes // 60).tolist():
            of_hour = minutes // 60 == hour
            shares[of_hour] = (self._of_hour(hour) @ weight)[minutes[of_hour] % 60]
        return shares

    def _of_minute(self, minute: int) -> Floats:
        noise: Floats = self._of_hour(minute // 60)[minute % 60].astype(np.float64)
        return noise

    def _of_hour(self, hour: int) -> npt.NDArray[np.float32]:
        if hour not in self._minutes:
            drawn = normals(self._minute_key, hour, (60, len(self.base_m3h)))
            self._minutes[hour] = (MINUTE_NOISE * np.clip(drawn, -4, 4)).astype(np.float32)
            if len(self._minutes) > HOURS_KEPT:
                self._minutes.popitem(last=False)
        return self._minutes[hour]


def _weeks(of: Habits) -> Floats:
    """The usual week of each zone, hour by hour from Monday 00:00, (168, n), mean one."""
    home, work = (_days(*curve) for curve in (_HOME, _WORK))
    people = home[:, None] * (1 - of.work) + work[:, None] * of.work
    week: Floats = of.night + (1 - of.night) * people / people.mean(axis=0)
    return week


def _days(weekday: str, weekend: str) -> Floats:
    days = [weekday] * 5 + [weekend] * 2
    return np.array(" ".join(days).split(), np.float64)


def _season(t_s: Floats) -> Floats:
    """More in summer: 4 % either way, highest about 28 July."""
    season: Floats = 1 + 0.04 * np.cos(2 * np.pi * (t_s / DAY_S - 208) / 365.25)
    return season
