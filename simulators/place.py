"""Makes a whole plant of any EPANET network: areas, meters, sensors, valves, streets, as plain files.

    python -m simulators.place L-TOWN.inp --out my-town

The network is parted into areas (`simulators.partition`), every link over a border is metered, pressure
transmitters are spread along the pipes, and valves, streets and buildings are drawn by a seed.
"""

import argparse
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from pathlib import Path

from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.ports.hydraulics import HydraulicError
from simulators.city.equipment import Valve, buildings, crews, landmarks, valves
from simulators.city.files import TAG_COLUMNS, collectors_text, csv_text, tag_row, text_row
from simulators.placed_instruments import Meters, meters, placed_instruments
from simulators.placed_network import Placed, draw_over, save_network

DEMO = Path("configs/demo")
COPIED = ("hub.yaml", "alarms.yaml")
"""From the demo's own folder: they name no place."""


def place(inp: Path, folder: Path, *, demo: Path = DEMO, seed: int = 1) -> list[Path]:
    """Writes a configuration for the network `inp` into `folder`; the files written.

    Raises HydraulicError when EPANET cannot read the network or it has no junction, FileNotFoundError.
    """
    engine = EpanetHydraulics.open(inp)
    try:
        placed = draw_over(engine.network, dict(zip(engine.nodes, engine.base_demand_m3h, strict=True)), seed)
    finally:
        engine.close()
    if not placed.city.dmas:
        raise HydraulicError(f"{inp} has no junction with a pipe")
    folder.mkdir(parents=True, exist_ok=True)
    save_network(inp, placed, folder / "network.inp")
    found = meters(placed)
    texts = _texts(placed, found, seed)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in COPIED:
        shutil.copyfile(demo / name, folder / name)
    return [folder / name for name in ("network.inp", *texts, *COPIED)]


def _texts(placed: Placed, found: Meters, seed: int) -> dict[str, str]:
    city = placed.city
    points = placed_instruments(placed, found)
    streets = ((id, zone, name.zh, name.en) for id, (name, zone) in city.streets.items())
    numbered = ["id", "node", "street", "number", "storeys", "secondary_supply"]
    return {
        "tags.csv": csv_text(TAG_COLUMNS, map(tag_row, points)),
        "zones.csv": csv_text(
            ["id", "kind", "name_zh", "name_en", "inflow", "outflow"], _zones(placed, found)
        ),
        "streets.csv": csv_text(["id", "zone", "name_zh", "name_en"], streets),
        "places.csv": csv_text(
            ["id", "kind", "node", "name_zh", "name_en"], map(text_row, landmarks(city, seed))
        ),
        "crews.csv": csv_text(["id", "name_zh", "name_en", "zone"], map(text_row, crews())),
        "valves.csv": csv_text([f.name for f in fields(Valve)], map(astuple, valves(city, seed))),
        "buildings.csv": csv_text(numbered, map(astuple, buildings(city, seed))),
        "collectors.yaml": collectors_text(points),
    }


def _zones(placed: Placed, found: Meters) -> Iterable[Sequence[str]]:
    for dma in placed.city.dmas.values():
        inflow, outflow = " ".join(found.into[dma.id]), " ".join(found.out_of[dma.id])
        yield dma.id, "dma", dma.name.zh, dma.name.en, inflow, outflow
    for source, name in placed.sources.items():
        kind = "plant" if source.startswith("plant") else "trunk"
        into, out_of = found.into.get(source, ()), found.out_of.get(source, ())
        yield source, kind, name.zh, name.en, " ".join(into), " ".join(out_of)


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes a configuration for any EPANET network.")
    parser.add_argument("inp", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--demo", type=Path, default=DEMO)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for file in place(given.inp, given.out, demo=given.demo, seed=given.seed):
        print(file)


if __name__ == "__main__":
    main()
