"""A small foreign network for tests: streets in a grid, American units, coordinates in miles."""

SIDE = 14


def grid_inp() -> str:
    """With a reservoir and its pump in one corner, a tank in the other."""
    spots = [(x, y) for x in range(SIDE) for y in range(SIDE)]
    pipes = [((x, y), (x + 1, y)) for x, y in spots if x + 1 < SIDE]
    pipes += [((x, y), (x, y + 1)) for x, y in spots if y + 1 < SIDE]
    rows = {
        "JUNCTIONS": [f"J{x}-{y} {20 + x} {3 + (x * y) % 5} day" for x, y in spots],
        "RESERVOIRS": ["Lake 10"],
        "TANKS": ["Hill 200 10 0 20 60 0"],
        "PIPES": [f"P{n} J{a[0]}-{a[1]} J{b[0]}-{b[1]} 330 12 110" for n, (a, b) in enumerate(pipes)]
        + [f"PT J{SIDE - 1}-{SIDE - 1} Hill 500 16 120"],
        "PUMPS": ["Lift Lake J0-0 HEAD lift"],
        "CURVES": ["lift 1000 220"],
        "PATTERNS": ["day 0.5 1.5"],
        "OPTIONS": ["Units GPM", "Headloss H-W"],
        "COORDINATES": [f"J{x}-{y} {x / 16} {y / 16}" for x, y in spots] + ["Lake -0.1 0", "Hill 1 1"],
    }
    sections = "".join(f"[{name}]\n" + "\n".join(lines) + "\n" for name, lines in rows.items())
    return f"{sections}[END]\n"
