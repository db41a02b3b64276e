"""A restarted citizens' server takes nothing older than what it showed before, however genuine."""

import json
from pathlib import Path

import httpx
import pytest

from core.adapters.folder_snapshots import FolderSnapshots
from public_portal.seen import Seen, SeenDamaged
from public_portal.server import build
from public_portal.signing import public_key_of, sealed
from tests.public_portal import samples
from tests.public_portal.conftest import serving

OTHER_KEY = bytes(range(1, 33))


def asked(store: FolderSnapshots, seen: Path, key: bytes = samples.KEY) -> tuple[int, str, bool]:
    """The home page's status, /healthz's reason and whether it remembers: of a server started anew."""
    with (
        serving(build(store, public_key_of(key), seen=seen)) as at,
        httpx.Client(base_url=at, verify=False) as client,
    ):
        home, health = client.get("/").status_code, client.get("/healthz").json()
    return home, health.get("detail", ""), health.get("remembers_over_restart", False)


@pytest.fixture
def seen(tmp_path):
    return tmp_path / "kept" / "highest.json"


def test_an_older_genuine_snapshot_is_refused_after_a_restart_too(store, put, seen):
    put(samples.stale(5))
    asked(store, seen)
    put(samples.burst(4))
    assert asked(store, seen) == (503, "snapshot 4 does not follow 5", False)
    put(samples.ordinary(5))
    assert asked(store, seen) == (503, "a second snapshot 5", False)
    put(samples.ordinary(6))
    assert asked(store, seen) == (200, "", True)
    assert asked(store, seen) == (200, "", True), "the same one again"


def test_a_hub_with_a_new_key_counts_from_the_beginning(store, put, seen):
    put(samples.ordinary(900))
    asked(store, seen)
    store.put(*sealed(samples.ordinary(1), OTHER_KEY))
    assert asked(store, seen, OTHER_KEY) == (200, "", True)


def test_where_it_cannot_be_written_the_page_is_shown_and_health_says_so(store, put, tmp_path):
    put(samples.ordinary(3))
    (tmp_path / "kept" / "highest.json.new").mkdir(parents=True)
    assert asked(store, tmp_path / "kept" / "highest.json") == (200, "", False)


def test_what_fails_once_is_written_with_the_next(tmp_path):
    path = tmp_path / "kept" / "highest.json"
    path.with_name("highest.json.new").mkdir(parents=True)
    seen = Seen(path, b"key")
    seen.taken(7, b"seven")
    assert seen.failing and not seen.kept
    path.with_name("highest.json.new").rmdir()
    seen.taken(7, b"seven")
    assert seen.kept and json.loads(path.read_bytes())["seq"] == 7


@pytest.mark.parametrize("lying", ["", "{}", "[]", '{"seq": "x", "sha256": "", "key": ""}'])
def test_a_damaged_memory_stops_the_start_and_names_the_mend(store, tmp_path, lying):
    path = tmp_path / "highest.json"
    path.write_text(lying)
    with pytest.raises(SeenDamaged, match="remove it once you know"):
        build(store, public_key_of(samples.KEY), seen=path)
