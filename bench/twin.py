"""Whole years of L-Town twins (BattLeDIM 2020): what the hub's reports of leaks are worth in euros.

A year of 23 leaks (`twin_year`) runs through `alarms.engine` as it would live, after 20 weeks in which the
hub learns and old leaks begin. Each time a burst or leak alarm is raised or grows worse it is located by its
hours so far, a day later or when the flow is back; that is the report, unless a crew was sent within 150 m of
it and the flow is not back since. What is known from before the year is reported as it begins. `euro_score`
judges, with all that a year's leaks lose as the recoverable value.

Beside it: who knows the very pipe whenever the hub tells (the leak of the district nearest in size), who
names any pipe of the district then, who is silent, and who names every pipe of the town as the year begins.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from alarms.hours import HOUR_NS
from alarms.locate import locate, observe
from alarms.sharpening import began_of
from bench.burst import pipes_of
from bench.euro_score import Far, Lost, Report, Score, score
from bench.figures import Figure
from bench.locate import DISTRICTS, START_NS, STEP_NS, Town, columns, placed, told, town_of, watching
from bench.twin_year import SHORT, WHOLE, Year, year
from core.model.finding import Finding, FindingKind, Verb
from core.model.incident import Location
from core.model.network import Network
from core.model.sample import Floats

SEEDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
"""Nothing was tuned on these; what was, on seeds 101 and 102."""
WAIT_H, AGAIN_M, DRAWS = 24, 150.0, 200
REACH, REACH_FALSE = 63.0, 4.0


@dataclass(frozen=True, slots=True)
class Told:
    """A matter that the hub has told of. from_ns: when; end_ns: when the flow was back; at_ns, pipe: of its
    report, None where it has no place."""

    zone: str
    from_ns: int
    size_m3h: float
    at_ns: int
    end_ns: float
    pipe: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """Of one seed's year. timed: who knows the pipe. random: mean euro and false of who names any."""

    seed: int
    recoverable: float
    leaks: int
    hub: Score
    timed: Score
    random: tuple[float, float]
    every: Score
    silent: Score


def measure(data: Path, test: Path | None, short: bool, seeds: int = len(SEEDS)) -> list[Figure]:
    """test: a file with other seeds. seeds: only so many."""
    wanted = [int(seed) for seed in test.read_text().split()] if test else list(SEEDS)
    wanted = wanted[: 1 if short else seeds]
    judged = list[Judged]()
    with tempfile.TemporaryDirectory(prefix="bench-twin-") as folder:
        town = town_of(data, Path(folder))
        for seed in wanted:
            judged.append(judge(town, seed, year(data, seed, SHORT if short else WHOLE)))
            _say(judged[-1])
    return figures(judged)


def judge(town: Town, seed: int, true: Year) -> Judged:
    values = columns(town, true)
    findings = told(watching(town), town, values, 0, len(values))
    matters = told_of(town, values, findings)
    leaks = losses(true)
    network = town.plant.network
    far = {leak.pipe: network.path_m(leak.pipe) for leak in leaks}
    first_ns = START_NS + true.first * STEP_NS
    sent = reports(network, matters, first_ns)
    pipes = pipes_of(network)
    every = [Report(0, pipe) for own in pipes.values() for pipe in own]
    return Judged(
        seed=seed,
        recoverable=sum(leak.euro(0) for leak in leaks),
        leaks=len(leaks),
        hub=score(sent, leaks, far),
        timed=score(knowing(town, matters, leaks, first_ns), leaks, far),
        random=_by_lot(seed, [(r.value, _zone(town, r.pipe)) for r in sent], pipes, leaks, far),
        every=score(every, leaks, far),
        silent=score([], leaks, far),
    )


def losses(true: Year) -> list[Lost]:
    return [
        Lost(hole.pipe, lost, max(0, hole.start - true.first), hole.end - true.first)
        for hole, lost in zip(true.leaks, true.leak_m3h[true.first :].T, strict=True)
    ]


def told_of(town: Town, values: Floats, findings: Sequence[Finding]) -> list[Told]:
    """Each time an alarm was raised or grew worse, in the order of time."""
    found, end_ns = list[Told](), START_NS + len(values) * STEP_NS
    for news in findings:
        if news.verb not in (Verb.RAISE, Verb.ESCALATE):
            continue
        backs = (
            f.began_ns or f.t_ns
            for f in findings
            if f.alarm == news.alarm
            and f.verb is Verb.CLEAR
            and f.evidence.get("reason") == "back"
            and f.t_ns > news.t_ns
        )
        back_ns = next(backs, float("inf"))
        at_ns = int(min(news.t_ns + WAIT_H * HOUR_NS, max(back_ns, news.t_ns), end_ns))
        zone, began_ns = news.zone or "", began_of(news.evidence) or news.t_ns
        place = placed(town, values, zone, began_ns, at_ns) or _at_first(town, findings, news, at_ns)
        size = float(news.evidence.get("by_m3h", news.size_m3h) or 0.0)
        found.append(Told(zone, news.t_ns, size, at_ns, back_ns, place.first if place else None))
    return found


def _at_first(town: Town, findings: Sequence[Finding], news: Finding, at_ns: int) -> Location | None:
    """Of a burst whose hours tell too little: by what its alarm said last."""
    said = [f for f in findings if f.alarm == news.alarm and news.t_ns <= f.t_ns <= at_ns]
    seen = [observe(f, town.plant) for f in said if f.kind is FindingKind.BURST and f.verb is not Verb.CLEAR]
    known = [one for one in seen if one is not None]
    return locate(town.inp, town.plant.network, known[-1]) if known else None


def reports(network: Network, matters: Sequence[Told], first_ns: int) -> list[Report]:
    """What crews are sent for. first_ns: when the year begins."""
    sent = list[tuple[Told, dict[str, float]]]()
    found = list[Report]()
    for one in sorted(matters, key=lambda one: one.at_ns):
        at_ns = max(one.at_ns, first_ns)
        if one.pipe is None or (one.at_ns < first_ns and one.end_ns <= first_ns):
            continue
        if any(before.end_ns > at_ns and far.get(one.pipe, np.inf) <= AGAIN_M for before, far in sent):
            continue
        sent.append((one, network.path_m(one.pipe)))
        found.append(Report((at_ns - first_ns) // STEP_NS, one.pipe))
    return found


def knowing(town: Town, matters: Sequence[Told], leaks: Sequence[Lost], first_ns: int) -> list[Report]:
    """The pipe of that leak of the district, not told yet, whose flow is nearest to the step."""
    left, found, network = list(leaks), list[Report](), town.plant.network
    for one in sorted(matters, key=lambda one: one.from_ns):
        value = max(0, (one.from_ns - first_ns) // STEP_NS)
        if one.from_ns < first_ns and one.end_ns <= first_ns:
            continue
        mine = [
            leak
            for leak in left
            if DISTRICTS[town.area[network.links[leak.pipe].a]] == one.zone
            and leak.start <= value <= leak.end
        ]
        if mine:
            leak = min(mine, key=lambda leak: abs(float(leak.m3h[value]) - one.size_m3h))
            left.remove(leak)
            found.append(Report(value, leak.pipe))
    return found


def _zone(town: Town, pipe: str) -> str:
    return DISTRICTS[town.area[town.plant.network.links[pipe].a]]


def _by_lot(
    seed: int,
    sent: Sequence[tuple[int, str]],
    pipes: dict[str, list[str]],
    leaks: Sequence[Lost],
    far: Far,
) -> tuple[float, float]:
    rng = np.random.default_rng([seed, 9])
    drawn = [
        score([Report(value, str(rng.choice(pipes[zone]))) for value, zone in sent], leaks, far)
        for _ in range(DRAWS)
    ]
    return float(np.mean([one.counted for one in drawn])), float(np.mean([one.false for one in drawn]))


def figures(judged: Sequence[Judged]) -> list[Figure]:
    """Medians of the seeds."""

    def share(euro: Sequence[float]) -> float:
        each = [100 * e / one.recoverable for e, one in zip(euro, judged, strict=True)]
        return float(np.median(each))

    found = 100 * float(np.median([len(one.hub.found) / one.leaks for one in judged]))
    n = f"median of {len(judged)}"
    return [
        Figure(
            "of the recoverable value", share([j.hub.counted for j in judged]), f"%, {n}", REACH, "higher"
        ),
        Figure("false reports", float(np.median([j.hub.false for j in judged])), n, REACH_FALSE, "lower"),
        Figure("score", float(np.median([j.hub.euro for j in judged])), "EUR", None, "higher"),
        Figure("recoverable", float(np.median([j.recoverable for j in judged])), "EUR", None, "higher"),
        Figure("leaks found", found, "%", None, "higher"),
        Figure(
            "who knows the pipe when the hub tells",
            share([j.timed.counted for j in judged]),
            "%",
            None,
            "higher",
        ),
        Figure(
            "a random pipe of the district then", share([j.random[0] for j in judged]), "%", None, "lower"
        ),
        Figure("false, of a random pipe", float(np.median([j.random[1] for j in judged])), "", None, "lower"),
        Figure("who is silent", share([j.silent.counted for j in judged]), "%", None, "lower"),
        Figure("who names every pipe", share([j.every.counted for j in judged]), "%", None, "lower"),
    ]


def _say(one: Judged) -> None:
    share = 100 * one.hub.euro / one.recoverable
    print(
        f"twin {one.seed}: {one.hub.euro:,.0f} of {one.recoverable:,.0f} EUR ({share:.0f} %), found"
        f" {len(one.hub.found)} of {one.leaks}, false {one.hub.false}, again {one.hub.again};"
        f" knowing {one.timed.euro:,.0f}",
        file=sys.stderr,
        flush=True,
    )
