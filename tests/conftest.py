"""Property tests are judged by what they find, not by how long a full machine took for one example."""

import gc
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", settings(), deadline=None)
settings.load_profile("house")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of all rooms in turn: those that wait run beside those that reckon, not six browsers at once."""
    rooms = defaultdict[Path, list[Path]](list)
    for file in dict.fromkeys(item.path for item in items):
        rooms[file.parent].append(file)
    turn = {file: (n + 0.5) / len(room) for room in rooms.values() for n, file in enumerate(room)}
    items.sort(key=lambda item: turn[item.path])


def pytest_collection_finish() -> None:
    """What 6,700 tests are made of stays to the end: no search for cycles goes through it."""
    gc.collect()
    gc.freeze()
