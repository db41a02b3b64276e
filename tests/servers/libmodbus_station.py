"""The station of `modbus_station` by Debian's libmodbus, compiled when first asked for:
`python -m tests.servers.libmodbus_station PORT|DEVICE UNIT...`."""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
HEADER = Path("/usr/include/modbus/modbus.h")


def built() -> Path:
    """The program; its name holds what it was made of."""
    folder = Path(tempfile.gettempdir()) / f"waterhub-tests-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    program = folder / f"libmodbus_station-{hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]}"
    if not program.exists():
        fresh = program.with_suffix(f".{os.getpid()}")
        subprocess.run(["cc", "-O1", "-o", fresh, SOURCE, "-lmodbus"], check=True)
        fresh.replace(program)
    return program


if __name__ == "__main__":
    program = built()
    os.execv(program, [str(program), *sys.argv[1:]])
