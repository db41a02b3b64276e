"""Fixtures of the fault tests: those of the drivers' tests."""

from tests.collectors.conftest import clock, kept, quarantine

__all__ = ["clock", "kept", "quarantine"]
