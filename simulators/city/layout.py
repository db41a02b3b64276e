"""Draws the network: a trunk ring between blocks, two works, three tanks, ten metered areas of streets."""

from itertools import pairwise, product
from math import hypot, pi, sqrt

import numpy as np

from core.model.text import Text
from simulators.city.names import districts, pinyin, streets
from simulators.city.plan import City, Dma, Junction, Pipe, Tank, Works

MEANS_M3H = (68.0, 245.0, 45.0, 72.0, 110.0, 32.0, 160.0, 62.0, 85.0, 55.0)
"""Mean inflow of each area: 30 to 250 m3/h, median 70, as measured areas have."""
COLUMNS, ROWS = 4, 3
EMPTY = {(0, 0), (3, 2)}
"""Blocks of the city's plan without an area: the two works stand there."""
BLOCK_W, BLOCK_H = 1750.0, 1350.0
MARGIN_M = 120.0
"""Between the trunk under the boundary road and an area's first street."""
STREETS_X, STREETS_Y = 10, 8
SIZES_MM = (100, 150, 200, 250, 300, 400, 500, 600)
DESIGN_SPEED_M_S = 0.75
PEAK = 1.8
MATERIALS = {"PE": 135, "DI": 120, "GI": 95, "ST": 110}
"""Hazen-Williams coefficients; GI is old grey iron."""


def draw(seed: int) -> City:
    rng = np.random.default_rng(seed)
    city = City()
    _draw_trunk(city, rng)
    names, areas = streets(), districts()
    blocks = [(c, r) for r in range(ROWS) for c in range(COLUMNS) if (c, r) not in EMPTY]
    for n, ((column, row), mean) in enumerate(zip(blocks, MEANS_M3H, strict=True), 1):
        dma = Dma(f"dma-{n:02d}", next(areas), mean)
        city.dmas[dma.id] = dma
        _draw_area(city, dma, column, row, [next(names) for _ in range(STREETS_X + STREETS_Y)], rng)
    return city


def ground_m(x: float, y: float) -> float:
    """Elevation of the land: it rises to the north-east, with a low hill."""
    hill = 4 * np.exp(-(((x - 5200) / 900) ** 2 + ((y - 900) / 700) ** 2))
    return round(float(5 + 9 * x / 7000 + 5 * y / 4050 + hill), 1)


def size_for(flow_m3h: float) -> int:
    """The smallest size that carries `flow_m3h` x PEAK at the design speed."""
    needed = sqrt(4 * flow_m3h * PEAK / 3600 / (pi * DESIGN_SPEED_M_S)) * 1000
    return next((size for size in SIZES_MM if size >= needed), SIZES_MM[-1])


def add_pipe(
    city: City, id: str, a: str, b: str, size: int, material: str, street: str | None = None
) -> Pipe:
    one, two = city.junctions[a], city.junctions[b]
    length = round(hypot(one.x - two.x, one.y - two.y) * 1.03, 1)
    city.pipes[id] = Pipe(id, a, b, length, size, MATERIALS[material], material, street)
    return city.pipes[id]


def _draw_trunk(city: City, rng: np.random.Generator) -> None:
    """A junction at every crossing of the boundary roads, pipes along them, works and tanks."""
    for row in range(ROWS + 1):
        for column in range(COLUMNS + 1):
            x, y = column * BLOCK_W + rng.uniform(-60, 60), row * BLOCK_H + rng.uniform(-60, 60)
            id = f"T{column}{row}"
            city.junctions[id] = Junction(id, round(x, 1), round(y, 1), ground_m(x, y), "trunk")
    outer = {0, ROWS}, {0, COLUMNS}
    for row in range(ROWS + 1):
        for column in range(COLUMNS):
            add_pipe(
                city,
                f"TH{column}{row}",
                f"T{column}{row}",
                f"T{column + 1}{row}",
                400 if row in outer[0] else 600,
                "DI",
            )
    for column in range(COLUMNS + 1):
        for row in range(ROWS):
            add_pipe(
                city,
                f"TV{column}{row}",
                f"T{column}{row}",
                f"T{column}{row + 1}",
                300 if column in outer[1] else 500,
                "ST",
            )
    for n, (corner, x, y, duty, chlorine, zh, en) in enumerate(
        (
            ("T00", -400.0, -250.0, 300.0, 0.75, "第一水厂", "No. 1 Waterworks"),
            ("T43", 7450.0, 4350.0, 260.0, 0.65, "第二水厂", "No. 2 Waterworks"),
        ),
        1,
    ):
        outlet = f"W{n}"
        city.junctions[outlet] = Junction(outlet, x + 150, y + 80, ground_m(x, y), f"plant-{n}")
        add_pipe(city, f"TW{n}", outlet, corner, 600, "ST")
        city.works.append(
            Works(
                f"plant-{n}",
                Text(zh, en),
                x,
                y,
                ground_m(x, y) + 2,
                outlet,
                3,
                duty,
                50 - ground_m(x, y),
                chlorine,
            )
        )
    for n, (joint, zh, en) in enumerate(
        (
            ("T20", "南山高位水池", "Nanshan tank"),
            ("T03", "北山高位水池", "Beishan tank"),
            ("T41", "东岭高位水池", "Dongling tank"),
        ),
        1,
    ):
        at = city.junctions[joint]
        city.tanks.append(
            Tank(f"tank-{n}", Text(zh, en), at.x + 180, at.y - 160, 44.0, 3.0, 5.5, 22.0, joint)
        )


def _draw_area(
    city: City, dma: Dma, column: int, row: int, names: list[Text], rng: np.random.Generator
) -> None:
    left, bottom = column * BLOCK_W + MARGIN_M, row * BLOCK_H + MARGIN_M
    xs = left + np.linspace(0, BLOCK_W - 2 * MARGIN_M, STREETS_X) + rng.uniform(-18, 18, STREETS_X)
    ys = bottom + np.linspace(0, BLOCK_H - 2 * MARGIN_M, STREETS_Y) + rng.uniform(-18, 18, STREETS_Y)
    number = dma.id[-2:]
    ids = [[f"J{number}{i:02d}{j}" for j in range(STREETS_Y)] for i in range(STREETS_X)]
    for i, x in enumerate(xs):
        for j, y in enumerate(ys):
            px, py = x + rng.uniform(-14, 14), y + rng.uniform(-14, 14)
            city.junctions[ids[i][j]] = Junction(
                ids[i][j], round(px, 1), round(py, 1), ground_m(px, py), dma.id
            )
    for name in names:
        city.streets[pinyin(name)] = name, dma.id
        dma.streets.append(pinyin(name))
    spine_x, spine_y = STREETS_X // 2, STREETS_Y // 2
    runs = [([ids[i][j] for i in range(STREETS_X)], dma.streets[j], j == spine_y) for j in range(STREETS_Y)]
    runs += [
        ([ids[i][j] for j in range(STREETS_Y)], dma.streets[STREETS_Y + i], i == spine_x)
        for i in range(STREETS_X)
    ]
    spine, side = size_for(dma.mean_m3h * 0.6), size_for(dma.mean_m3h * 0.08)
    n = 0
    for nodes, street, is_spine in runs:
        for a, b in pairwise(nodes):
            n += 1
            material = str(rng.choice(["PE", "DI", "GI"], p=[0.45, 0.35, 0.2]))
            add_pipe(city, f"P{number}{n:03d}", a, b, spine if is_spine else side, material, street)
    _thin_out(city, dma, rng)
    _share_demand(city, dma, rng)
    ends = (ids[spine_x][0], ids[spine_x][-1], ids[0][spine_y], ids[-1][spine_y])
    corners = [f"T{c}{r}" for c in (column, column + 1) for r in (row, row + 1)]
    nearest, dma.inlet_node = min(product(corners, ends), key=lambda pair: _apart(city, *pair))
    dma.inlet = f"IN{number}"
    add_pipe(city, dma.inlet, nearest, dma.inlet_node, size_for(dma.mean_m3h), "DI")


def _apart(city: City, a: str, b: str) -> float:
    one, two = city.junctions[a], city.junctions[b]
    return hypot(one.x - two.x, one.y - two.y)


def _thin_out(city: City, dma: Dma, rng: np.random.Generator) -> None:
    """Takes away three side pipes in ten where the area stays in one piece: rings with branches are left."""
    pipes = [p for p in city.pipes.values() if p.id.startswith(f"P{dma.id[-2:]}")]
    smallest = min(pipe.diameter_mm for pipe in pipes)
    small = [pipe for pipe in pipes if pipe.diameter_mm == smallest]
    to_go = int(len(pipes) * 0.3)
    for k in rng.permutation(len(small)).tolist():
        if to_go == 0:
            return
        del city.pipes[small[k].id]
        if _in_one_piece(city, dma):
            to_go -= 1
        else:
            city.pipes[small[k].id] = small[k]


def _in_one_piece(city: City, dma: Dma) -> bool:
    nodes = {junction.id for junction in city.junctions_of(dma.id)}
    at: dict[str, list[str]] = {node: [] for node in nodes}
    for pipe in city.pipes.values():
        if pipe.a in nodes and pipe.b in nodes:
            at[pipe.a].append(pipe.b)
            at[pipe.b].append(pipe.a)
    reached, pending = set(), [next(iter(sorted(nodes)))]
    while pending:
        node = pending.pop()
        if node not in reached:
            reached.add(node)
            pending += at[node]
    return reached == nodes


def _share_demand(city: City, dma: Dma, rng: np.random.Generator) -> None:
    """Splits the area's mean over its junctions, uneven as buildings are."""
    junctions = city.junctions_of(dma.id)
    shares = rng.gamma(2.0, 1.0, len(junctions)) + 0.15
    shares /= shares.sum()
    for junction, share in zip(junctions, shares.tolist(), strict=True):
        junction.demand_m3h = round(dma.mean_m3h * share, 4)
