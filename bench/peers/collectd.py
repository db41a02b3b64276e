"""collectd's modbus plugin writing CSV files; it asks for each value with a request of its own.

Counted: the lines of its files, which have a header each.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.path_field import Field
from bench.path_plant import VALUES, host
from bench.peers.running import HOME, NotInstalled, Peer, Running, program

APART = HOME / "collectd" / "usr"
"""Where install.sh took Debian's package apart."""
INSTALLED = Path("/usr")

_CONFIG = """\
Hostname "bench"
FQDNLookup false
BaseDir "{folder}"
PIDFile "{folder}/pid"
PluginDir "{plugins}"
TypesDB "{types}"
Interval {period_s}
LoadPlugin csv
LoadPlugin modbus
<Plugin csv>
  DataDir "{folder}/csv"
</Plugin>
<Plugin modbus>
"""
_VALUE = """\
  <Data "{name}">
    RegisterBase {address}
    RegisterType Float
    RegisterCmd ReadHolding
    Type gauge
    Instance "{name}"
  </Data>
"""
_HOST = """\
  <Host "st-{device:04d}">
    Address "{host}"
    Port "{port}"
    Interval {period_s}
    <Slave 1>
      Instance "st"
{collect}    </Slave>
  </Host>
"""


@asynccontextmanager
async def running(folder: Path, field: Field, period_s: float) -> AsyncIterator[Running]:
    daemon, plugins, types = _found()
    config = folder / "collectd.conf"
    head = _CONFIG.format(folder=folder, plugins=plugins, types=types, period_s=period_s)
    config.write_text(head + _plant(field, period_s) + "</Plugin>\n")
    async with program(folder, daemon, "-f", "-C", config) as process:

        async def delivered() -> int:
            return await asyncio.to_thread(_lines, folder / "csv")

        yield Running(process, delivered)


def _found() -> tuple[Path, Path, Path]:
    """The daemon, its plugins, its types."""
    for usr in (APART, INSTALLED):
        daemon, plugins = usr / "sbin" / "collectd", usr / "lib" / "collectd"
        if daemon.exists() and (plugins / "modbus.so").exists():
            return daemon, plugins, usr / "share" / "collectd" / "types.db"
    raise NotInstalled("bench/peers/install.sh collectd (on Debian)")


def _plant(field: Field, period_s: float) -> str:
    names = [f"v{k:02d}" for k in range(VALUES)]
    collect = "".join(f'      Collect "{name}"\n' for name in names)
    values = "".join(_VALUE.format(name=name, address=2 * k) for k, name in enumerate(names))
    return values + "".join(
        _HOST.format(device=device, host=host(device), port=field.port, period_s=period_s, collect=collect)
        for device in range(field.devices)
    )


def _lines(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") - 1 for path in folder.glob("*/*/*"))


COLLECTD = Peer("collectd to CSV", 300, 1.0, running)
