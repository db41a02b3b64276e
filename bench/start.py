"""From `waterhub run` to polling and an API that answers, its weight then, and what idling costs (P13, P15).

Hubs that have run before, of 10, 100 and 334 Modbus devices of 30 values with seven rules a tag, polled once
a second. Start is wall time from the beginning of the process, so it depends on what else the machine does;
the CPU spent by then stands beside it.
"""

from bench.figures import Figure
from bench.path import Load, measured

GOAL_START_S, GOAL_MB = 1.5, 120.0


def run(short: bool) -> list[Figure]:
    seconds = 10.0 if short else 30.0
    figures = []
    for devices in (10, 100, 334):
        load = Load(devices, 1.0)
        seen = measured(load, seconds)
        tags = f"{devices * 30:,} tags"
        figures += [
            Figure(f"{tags}: start to polling and API", seen.start_s, "s", GOAL_START_S, "lower"),
            Figure(f"{tags}: CPU until then", seen.start_cpu_s, "s", None, "lower"),
            Figure(f"{tags}: resident memory", seen.rss_mb, "MB", GOAL_MB, "lower"),
            Figure(f"{tags} at 1 Hz: CPU", 100 * seen.cpu_s / seen.lasted_s, "% of a core", None, "lower"),
        ]
    return figures
