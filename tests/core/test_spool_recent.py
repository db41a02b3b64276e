"""The newest rows in memory: as many as a follower has yet to see, within bounds."""

import pytest

from core.adapters.segment_spool import recent
from core.adapters.segment_spool.recent import Appended, Recent
from core.model.sample import Batch
from core.ports.spool import SpoolRow

SIZE = 1_000


def row(seq: int) -> Appended:
    return Appended(SpoolRow(seq, Batch.of("m", [])), SIZE)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "LEAST_BYTES", 3 * SIZE)
    monkeypatch.setattr(recent, "MOST_BYTES", 10 * SIZE)


def test_what_everybody_has_seen_goes_but_for_the_least() -> None:
    rows = Recent()
    with rows.follower(0) as fast, rows.follower(0) as slow:
        for seq in range(1, 9):
            rows.add(row(seq))
        assert [r.seq for r in rows.after(0, 100) or []] == list(range(1, 9))
        fast.seq, slow.seq = 8, 6
        rows.add(row(9))
        assert rows.after(5, 100) is None
        assert [r.seq for r in rows.after(6, 100) or []] == [7, 8, 9]


def test_one_too_far_behind_holds_nothing_back() -> None:
    rows = Recent()
    with rows.follower(0):
        for seq in range(1, 31):
            rows.add(row(seq))
        assert rows.after(19, 100) is None
        assert [r.seq for r in rows.after(20, 5) or []] == [21, 22, 23, 24, 25]


def test_without_followers_the_least_is_kept() -> None:
    rows = Recent()
    for seq in range(1, 31):
        rows.add(row(seq))
    assert [r.seq for r in rows.after(27, 100) or []] == [28, 29, 30]
    assert rows.after(30, 100) == []
