"""The network as EPANET reads it (EPANET 2.2 User Manual, appendix C)."""

from collections.abc import Iterable

from simulators.city.plan import City

DIURNAL = (
    0.46,
    0.36,
    0.32,
    0.32,
    0.38,
    0.62,
    1.12,
    1.52,
    1.42,
    1.22,
    1.14,
    1.18,
    1.28,
    1.16,
    1.02,
    0.98,
    1.06,
    1.28,
    1.54,
    1.62,
    1.44,
    1.16,
    0.84,
    0.56,
)
"""A residential day, hour by hour (mean 1): the model's own idea of it, coarser than the town's."""


def inp_text(city: City, seed: int) -> str:
    sections: dict[str, Iterable[str]] = {
        "TITLE": [f"Water Hub demo town, written by simulators.city from seed {seed}. Not a real place."],
        "JUNCTIONS": (f"{j.id}\t{j.elevation_m}\t{j.demand_m3h}\tday" for j in city.junctions.values()),
        "RESERVOIRS": (f"{w.id}.well\t{w.head_m}" for w in city.works),
        "TANKS": (
            f"{t.id}\t{t.bottom_m}\t{t.level_m}\t0\t{t.highest_m}\t{t.diameter_m}\t0" for t in city.tanks
        ),
        "PIPES": [
            *(
                f"{p.id}\t{p.a}\t{p.b}\t{p.length_m}\t{p.diameter_mm}\t{p.roughness}\t0\tOpen\t;{p.material}"
                for p in city.pipes.values()
            ),
            *(f"{t.id}.main\t{t.joins}\t{t.id}\t260\t400\t120\t0\tOpen\t;DI" for t in city.tanks),
        ],
        "PUMPS": (
            f"{w.id}.pump-{k}\t{w.id}.well\t{w.outlet}\tHEAD {w.id}"
            for w in city.works
            for k in range(1, w.pumps + 1)
        ),
        "CURVES": (f"{w.id}\t{w.duty_m3h}\t{w.lift_m}" for w in city.works),
        "PATTERNS": (f"day\t{' '.join(str(v) for v in DIURNAL[k : k + 6])}" for k in range(0, 24, 6)),
        "STATUS": (f"{w.id}.pump-{w.pumps}\tClosed" for w in city.works),
        "CONTROLS": _controls(city),
        "QUALITY": [
            *(f"{w.id}.well\t{w.chlorine_mg_l}" for w in city.works),
            *(f"{j.id}\t0.4" for j in city.junctions.values()),
            *(f"{t.id}\t0.4" for t in city.tanks),
        ],
        "REACTIONS": ["Order Bulk\t1", "Order Wall\t1", "Global Bulk\t-0.45", "Global Wall\t-0.01"],
        "OPTIONS": [
            "Units\tCMH",
            "Headloss\tH-W",
            "Accuracy\t0.0005",
            "Trials\t60",
            "Unbalanced\tContinue 10",
            "Quality\tChlorine mg/L",
            "Tolerance\t0.005",
            "Demand Model\tPDA",
            "Minimum Pressure\t0",
            "Required Pressure\t14",
        ],
        "TIMES": [
            "Duration\t24:00",
            "Hydraulic Timestep\t0:05",
            "Quality Timestep\t0:05",
            "Pattern Timestep\t1:00",
            "Start ClockTime\t0:00",
        ],
        "TAGS": [
            *(f"NODE\t{j.id}\t{j.zone}" for j in city.junctions.values()),
            *(f"NODE\t{t.id}\ttrunk" for t in city.tanks),
            *(f"NODE\t{w.id}.well\t{w.id}" for w in city.works),
            *(f"LINK\t{p.id}\t{p.street}" for p in city.pipes.values() if p.street),
        ],
        "COORDINATES": [
            *(f"{j.id}\t{j.x}\t{j.y}" for j in city.junctions.values()),
            *(f"{t.id}\t{round(t.x, 1)}\t{round(t.y, 1)}" for t in city.tanks),
            *(f"{w.id}.well\t{w.x}\t{w.y}" for w in city.works),
        ],
        "END": [],
    }
    return "\n".join(
        f"[{name}]\n" + "".join(f" {line}\n" for line in lines) for name, lines in sections.items()
    )


def _controls(city: City) -> Iterable[str]:
    """The last pump but one of each works follows the level of a tank."""
    for works, tank in zip(city.works, city.tanks, strict=False):
        pump = f"{works.id}.pump-{works.pumps - 1}"
        yield f"LINK {pump} CLOSED IF NODE {tank.id} ABOVE {tank.highest_m - 0.4:.1f}"
        yield f"LINK {pump} OPEN IF NODE {tank.id} BELOW {tank.highest_m - 3.0:.1f}"
