"""Lighthouse on the citizens' home, area and notice page, as a phone: the median of five runs each (T-02).

Simulated throttling: pages are loaded as fast as this machine can, and Lighthouse works out what a phone of a
quarter of its speed at the end of a slow 4G line would have needed. What else the machine does meanwhile is
taken for the page's own computing, times four: below a `benchmarkIndex` of 1,000 Lighthouse itself warns that
performance and LCP say little. "The line alone" is LCP of a phone and a server that compute in no time: a
matter of bytes and of what waits for what, the same on any machine, which is what the tests hold.
"""

import asyncio
import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import npm, portal_site
from bench.figures import Figure

PROJECT = npm.SERVERS / "lighthouse"
CHROMIUM = "/usr/bin/chromium-headless-shell"
RUNS = 5
PAGES = {"home": portal_site.PATHS[0], "area": portal_site.PATHS[1], "notice": portal_site.PATHS[2]}
GOALS = {"performance": 95.0, "accessibility": 100.0, "best-practices": 100.0}
LCP, CLS = "largest-contentful-paint", "cumulative-layout-shift"
GOAL_LCP_S, GOAL_CLS = 1.5, 0.0
SLOW_4G = {"rttMs": 150, "throughputKbps": 1638.4, "requestLatencyMs": 562.5}
AS_A_PHONE: dict[str, Any] = {"onlyCategories": list(GOALS)}


def line_alone(site: str) -> dict[str, Any]:
    """Lighthouse's own line; nothing in it depends on how long this machine took to compute or to answer."""
    return {
        "onlyCategories": ["accessibility", "best-practices"],
        "onlyAudits": [LCP, CLS],
        "throttling": {**SLOW_4G, "cpuSlowdownMultiplier": 0},
        "precomputedLanternData": {
            "additionalRttByOrigin": {site: 0},
            "serverResponseTimeByOrigin": {site: 0},
        },
    }


@dataclass(frozen=True)
class Audited:
    """scores: 0 to 100; failed: the audits of yes or no that said no; speed: `benchmarkIndex`."""

    url: str
    scores: dict[str, float]
    lcp_s: float
    cls: float
    failed: list[str]
    speed: float


def audited(urls: list[str], runs: int, settings: dict[str, Any], chromium: str = CHROMIUM) -> list[Audited]:
    """Of each page so many, by turns. Raises OSError when npm cannot fetch Lighthouse."""
    modules = str(npm.node_modules(PROJECT))
    asked = json.dumps({"modules": modules, "urls": urls, "runs": runs, "settings": settings})
    done = subprocess.run(
        ["node", str(PROJECT / "audit.cjs"), asked],
        capture_output=True,
        text=True,
        env=os.environ | {"CHROME_PATH": chromium},
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"Lighthouse failed: {done.stderr[-600:]}")
    return [_one(json.loads(line)) for line in done.stdout.splitlines()]


def _one(told: dict[str, Any]) -> Audited:
    if told["error"]:
        raise RuntimeError(f"{told['url']}: {told['error']}")
    return Audited(
        url=told["url"],
        scores={name: 100 * score for name, score in told["scores"].items()},
        lcp_s=told["values"][LCP] / 1000,
        cls=told["values"][CLS],
        failed=told["failed"],
        speed=told["speed"],
    )


def run(short: bool) -> list[Figure]:
    return asyncio.run(_measured(1 if short else RUNS))


async def _measured(runs: int) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="bench-lighthouse-") as folder:
        cores = sorted(os.sched_getaffinity(0))
        async with portal_site.site(Path(folder), cores[-1]) as (port, _):
            site = f"http://127.0.0.1:{port}"
            urls = {site + path: name for name, path in PAGES.items()}
            phone = await asyncio.to_thread(audited, list(urls), runs, AS_A_PHONE)
            line = await asyncio.to_thread(audited, list(urls), 1, line_alone(site))
    figures = [
        figure for url, name in urls.items() for figure in _figures(name, [o for o in phone if o.url == url])
    ]
    figures += [
        Figure(f"{urls[one.url]}: LCP, the line alone", one.lcp_s, "s", GOAL_LCP_S, "lower") for one in line
    ]
    speed = statistics.median(one.speed for one in phone)
    return [*figures, Figure("benchmarkIndex, median", speed, "", None, "higher")]


def _figures(page: str, runs: list[Audited]) -> Iterator[Figure]:
    for category, goal in GOALS.items():
        scores = [one.scores[category] for one in runs]
        yield Figure(f"{page}: {category}", statistics.median(scores), "of 100", goal, "higher")
        if category == "performance":
            yield Figure(f"{page}: performance, the least", min(scores), "of 100", None, "higher")
    lcp = [one.lcp_s for one in runs]
    yield Figure(f"{page}: LCP", statistics.median(lcp), "s", GOAL_LCP_S, "lower")
    yield Figure(f"{page}: LCP, the most", max(lcp), "s", None, "lower")
    yield Figure(f"{page}: CLS, the most", max(one.cls for one in runs), "", GOAL_CLS, "lower")
