"""Fault tests run short in `make test`, and as the fault matrix states them with WATERHUB_FAULTS=long."""

import os
from typing import TypeVar

T = TypeVar("T")
LONG = os.environ.get("WATERHUB_FAULTS") == "long"


def form(short: T, long: T) -> T:
    return long if LONG else short
