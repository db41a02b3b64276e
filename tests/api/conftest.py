from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.hub_at_work import Hub, hub_at_work


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    async with hub_at_work(tmp_path) as hub:
        yield hub
