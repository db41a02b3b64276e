"""What is heavy and seldom needed is not loaded when a hub starts, nor by what it does on its own."""

import subprocess
import sys

from bench.path_plant import write_plant
from tests.ports import free_port

HEAVY = ("opencc", "pypinyin", "reportlab", "PIL")
OTHERS = ("asyncua", "paho", "pymodbus", "influxdb_client", "httpx", "nats", "pyarrow")
"""What collectors and stores other than Modbus TCP and the embedded historian stand on."""
RUN = """
import asyncio, sys
from pathlib import Path
from hub.check import read
from hub.compose import run_hub
from hub.hotline import DIRECTORY

async def main(folder):
    configuration = read(folder)
    hub = asyncio.create_task(run_hub(configuration))
    async with asyncio.timeout(150):
        while not (configuration.hub.data / DIRECTORY).exists():
            assert not hub.done(), hub.exception()
            await asyncio.sleep(0.05)
    print(*(name for name in sys.argv[2:] if name in sys.modules))
    hub.cancel()
    await asyncio.wait([hub])

asyncio.run(main(Path(sys.argv[1])))
"""
"""Until it has made its directory of customers, of whom there are none."""


def loaded(script: str, *arguments: str) -> list[str]:
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1].split()


def test_a_hub_starts_without_what_draws_posters_and_photos_or_spells_names():
    script = "import sys, hub.compose; print(*(name for name in sys.argv[1:] if name in sys.modules))"
    assert loaded(script, *HEAVY) == []


def test_a_hub_with_modbus_alone_and_no_customers_loads_no_other_library_when_it_runs(tmp_path):
    write_plant(tmp_path / "plant", tmp_path / "data", free_port(), 2, 1.0, free_port())
    assert loaded(RUN, str(tmp_path / "plant"), *HEAVY, *OTHERS) == []
