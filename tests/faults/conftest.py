"""Fixtures of the fault tests: those of the drivers' tests, and the stores that faults happen to."""

from tests.collectors.conftest import clock, kept, quarantine
from tests.contracts.conftest import influx

__all__ = ["clock", "influx", "kept", "quarantine"]
