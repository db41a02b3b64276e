"""node-opcua as tests/servers/node-opcua pins it."""

from pathlib import Path

from bench import npm

PROJECT = npm.SERVERS / "node-opcua"


def node_modules() -> Path:
    """Raises OSError, saying why, when npm is missing or cannot fetch them."""
    return npm.node_modules(PROJECT)
