"""The peers that the benches stand beside: a figure is measured or left out, never made up."""

import asyncio
import sys
from pathlib import Path

import pytest

from bench.peers import collectd, node_red, telegraf, thingsboard
from bench.peers.running import Peer, Running, program, taken
from tests.need import need

_BURNS_IN_A_CHILD = (
    "import subprocess, sys, time;"
    "burn = 'import time\\nwhile time.process_time() < 0.4: pass';"
    "subprocess.run([sys.executable, '-c', burn]); print('burnt', flush=True); time.sleep(60)"
)


@pytest.mark.parametrize(
    ("peer", "module", "place", "how"),
    [
        (node_red.NODE_RED, node_red, "MODULES", "install.sh node"),
        (collectd.COLLECTD, collectd, "APART", "install.sh collectd"),
        (thingsboard.THINGSBOARD, thingsboard, "VENV", "install.sh thingsboard"),
        (telegraf.TELEGRAF, telegraf, "BUILT", "install.sh telegraf"),
    ],
    ids=lambda value: value.name if isinstance(value, Peer) else "",
)
async def test_a_peer_that_is_not_installed_is_left_out_with_the_command_that_gets_it(
    peer: Peer,
    module: object,
    place: str,
    how: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    need("cc")
    monkeypatch.setattr(module, place, tmp_path / "nothing")
    monkeypatch.setattr(collectd, "INSTALLED", tmp_path / "nothing")

    assert await taken(peer, 1.0, devices=1) is None

    assert how in capsys.readouterr().err


async def test_the_cpu_of_a_peer_is_that_of_its_whole_tree_also_of_children_that_ended(
    tmp_path: Path,
) -> None:
    async with program(tmp_path, sys.executable, "-c", _BURNS_IN_A_CHILD) as process:
        async with asyncio.timeout(30):
            while "burnt" not in (tmp_path / "log").read_text():
                await asyncio.sleep(0.05)

        async def nothing() -> int:
            return 0

        assert Running(process, nothing).cpu_s() >= 0.39
