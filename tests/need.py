"""Programs a test cannot do without."""

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest


def need(program: str) -> str:
    """The path of `program`. Skips the test, saying why, when it is missing; with CI set it fails instead."""
    beside_python = Path(sys.executable).parent
    found = shutil.which(program) or shutil.which(program, path=f"{beside_python}:/usr/sbin:/usr/local/sbin")
    return found or lack(f"{program} is not installed")


def lack(reason: str) -> NoReturn:
    """Skips the test, saying why; with CI set it fails instead."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and CI leaves nothing out")
    pytest.skip(reason)
