"""Adapters under contract."""

import itertools

import pytest

from core.adapters.sqlite_historian import SqliteHistorian
from core.adapters.sqlite_historian_store import Limits
from tests.contracts.test_historian import TAGS

EAGER = Limits(fold_s=0, fresh_rows=10, bulk_rows=25, block_rows=4, seals=2)
"""So small that a test of a few samples goes through every stage from fresh to sealed."""


@pytest.fixture(params=["sqlite", "sqlite-eager"])
async def fresh_historian(request, tmp_path):
    """Opens empty historians of one kind."""
    opened, number = [], itertools.count()

    async def open_one():
        limits = EAGER if request.param == "sqlite-eager" else Limits()
        path = tmp_path / f"historian-{next(number)}.db"
        opened.append(await SqliteHistorian.open(path, TAGS, limits=limits))
        return opened[-1]

    yield open_one
    for historian in opened:
        await historian.close()


@pytest.fixture
async def historian(fresh_historian):
    return await fresh_historian()
