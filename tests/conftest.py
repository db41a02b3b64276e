"""Property tests are judged by what they find, not by how long a full machine took for one example."""

import gc

from hypothesis import settings

settings.register_profile("house", settings(), deadline=None)
settings.load_profile("house")


def pytest_collection_finish() -> None:
    """What 6,700 tests are made of stays to the end: no search for cycles goes through it."""
    gc.collect()
    gc.freeze()
