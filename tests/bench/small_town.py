"""A town of the parts that L-Town has: two inlets behind valves, a pump, a tank, an area behind a valve."""

from pathlib import Path


def town(folder: Path) -> Path:
    """A row of pipes from R1 and R2 (area a), c fed by a pump and a tank, b behind a valve."""
    junctions = dict.fromkeys(("i1", "i2", *(f"a{n}" for n in range(1, 9)), "b1", "b2"), 20)
    junctions |= {"c1": 60, "c2": 60}
    pipes = [(f"a{n}", f"a{n + 1}") for n in range(1, 8)] + [("b1", "b2"), ("c1", "c2"), ("T1", "c1")]
    inlets = {"p227": ("R1", "i1"), "p235": ("R2", "i2")}
    links = {f"p{n}": ends for n, ends in enumerate(pipes, 1)} | inlets
    text = ["[JUNCTIONS]", *(f" {name} {high} 0 week" for name, high in junctions.items())]
    text += ["[RESERVOIRS]", " R1 100", " R2 100", "[TANKS]", " T1 98.68 3.5 0 4 16 0"]
    text += ["[PIPES]", *(f" {id} {a} {b} 200 150 120 0 Open" for id, (a, b) in links.items())]
    text += ["[PUMPS]", " PUMP_1 a4 T1 HEAD 1", "[CURVES]", " 1 0 126.67", " 1 27.4 88.7", " 1 50 0"]
    text += ["[VALVES]", " v1 i1 a1 200 PRV 60", " v2 i2 a8 200 PRV 60", " v3 a5 b1 150 PRV 35"]
    text += [
        "[CONTROLS]",
        " LINK PUMP_1 CLOSED IF NODE T1 ABOVE 3.9",
        " LINK PUMP_1 OPEN IF NODE T1 BELOW 2.4",
    ]
    text += ["[DEMANDS]", *(f" {name} 4 week" for name in junctions if name[0] != "i")]
    text += ["[PATTERNS]", " week 1.0 0.6 1.4", "[OPTIONS]", " Units CMH", " Headloss H-W", "[END]"]
    (folder / "L-TOWN.inp").write_text("\n".join(text) + "\n")
    (folder / "pressure_sensors.txt").write_text("a2\na6\nb2\nc2\n")
    return folder
