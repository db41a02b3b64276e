"""Lighthouse on the citizens' pages: what of T-02 is the same on every machine.

One run of each page, since every run tells the same. A phone's performance and LCP depend on what else the
machine computes meanwhile: `python -m bench lighthouse` tells those, the median of five.
"""

from pathlib import Path

import pytest

from bench import npm
from bench.lighthouse import GOAL_LCP_S, PROJECT, Audited, audited, line_alone
from core.adapters.folder_snapshots import FolderSnapshots
from public_portal.server import build
from public_portal.signing import public_key_of, sealed
from tests.need import lack, need
from tests.public_portal import samples
from tests.public_portal.conftest import serving
from tests.public_portal.recorded_days import with_record

pytestmark = pytest.mark.timeout(900)  # npm fetches 186 MB once, and Lighthouse waits for a machine at rest
PAGES = {"home": "/?lang=zh", "area": "/area/dma-02?lang=en", "notice": "/n/NTC-20261122-00001?lang=zh"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Audited]:
    need("npm")
    need("node")
    try:
        npm.node_modules(PROJECT)
    except OSError as error:
        lack(str(error))
    store = FolderSnapshots(Path(tmp_path_factory.mktemp("lighthouse")))
    store.put(*sealed(with_record(store, samples.burst()), samples.KEY))
    with serving(build(store, public_key_of(samples.KEY))) as site:
        urls = [site + path for path in PAGES.values()]
        found = audited(urls, 1, line_alone(site), need("chromium-headless-shell"))
    return dict(zip(PAGES, found, strict=True))


@pytest.mark.parametrize("page", PAGES)
def test_lighthouse_finds_it_accessible_and_well_made(told, page):
    assert (told[page].scores, told[page].failed) == ({"accessibility": 100, "best-practices": 100}, [])


@pytest.mark.parametrize("page", PAGES)
def test_on_a_slow_line_it_stands_within_a_second_and_a_half_and_nothing_moves(told, page):
    assert 0 < told[page].lcp_s <= GOAL_LCP_S
    assert told[page].cls == 0
