"""Towns that are born ready: this process has furnished one town; each further one is a copy of its folder
and a fork of itself, in a fraction of the time. A message is the folder of a town: see `forks`."""

import asyncio
import shutil
import tempfile
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

from api import assets
from api.app import build
from core.model.pressure_unit import PressureUnit
from hub.check import Configuration, read
from tests.forks import bear
from tests.screens.town_at_work import CONFIG, main, town_at_work


def as_read(configuration: Configuration, unit: Path) -> Configuration:
    """Of a site that reads pressures as that file says."""
    if not unit.exists():
        return configuration
    plant = configuration.plant
    utility = replace(plant.utility, pressure_unit=PressureUnit(unit.read_text()))
    return replace(configuration, plant=replace(plant, utility=utility))


async def furnish(folder: Path, configuration: Configuration) -> None:
    async with town_at_work(folder, configuration) as (_, deps):
        build(deps)  # what is made once a process is made before the forks
        list(map(attrgetter("packed"), assets.served().files.values()))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="town-") as furnished:
        known = read(CONFIG)
        asyncio.run(furnish(Path(furnished), known))

        async def live(folder: str) -> None:
            shutil.copytree(furnished, folder, dirs_exist_ok=True)
            await main(Path(folder), as_read(known, Path(folder) / "pressure_unit"))

        bear(live)
