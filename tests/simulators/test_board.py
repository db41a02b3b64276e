"""The board: one writer, many processes, never a torn tick."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simulators.board import BoardError, BoardReader, BoardWriter

HAMMER = """
import sys, time
from pathlib import Path
import numpy as np
from simulators.board import BoardReader, BoardWriter
folder, role, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
n, end = 300, time.monotonic() + float(seconds)
if role == "write":
    board, k = BoardWriter.open(folder, [f"tag-{i}" for i in range(n)]), 0
    while time.monotonic() < end:
        k += 1
        board.write(np.full(n, k, np.int64), np.full(n, float(k)), np.full(n, k, np.uint32))
    print(k)
else:
    board, seen, last = BoardReader.open(folder), 0, 0
    while time.monotonic() < end:
        tick = board.snapshot()
        values = {*tick.t_ns, *tick.v, *tick.q}
        assert len(values) == 1, f"torn: {values}"
        assert values.pop() >= last, "went back"
        last, seen = tick.t_ns[0], seen + 1
    print(seen)
"""


def columns(k: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.full(n, k, np.int64), np.full(n, float(k)), np.full(n, k, np.uint32)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    tags = ["dma-01.inflow", "q-01.free_chlorine", "odd"]
    writer = BoardWriter.open(tmp_path, tags)
    writer.write(
        np.array([1, 2, 3], np.int64), np.array([0.5, np.nan, -1.0]), np.array([0, 0x808C0000, 7], np.uint32)
    )
    reader = BoardReader.open(tmp_path, 0)
    tick = reader.snapshot()
    assert reader.tags == tuple(tags)
    assert list(tick.t_ns) == [1, 2, 3]
    assert list(tick.q) == [0, 0x808C0000, 7]
    assert tick.v[0] == 0.5 and np.isnan(tick.v[1])
    assert reader.slot["odd"] == 2
    assert reader.age_s < 60


def test_columns_of_the_wrong_type_or_length_are_refused(tmp_path: Path) -> None:
    board = BoardWriter.open(tmp_path, ["a", "b"])
    t_ns, v, q = columns(1, 2)
    with pytest.raises(ValueError, match="2 tags"):
        board.write(t_ns, v.astype(np.float32), q)
    with pytest.raises(ValueError, match="2 tags"):
        board.write(*columns(1, 3))
    assert board.generation == 0


def test_a_restarted_writer_goes_on_and_its_readers_see_it(tmp_path: Path) -> None:
    first = BoardWriter.open(tmp_path, ["a"])
    first.write(*columns(1, 1))
    reader = BoardReader.open(tmp_path, 0)
    first.close()
    second = BoardWriter.open(tmp_path, ["a"])
    second.write(*columns(2, 1))
    assert reader.snapshot().v[0] == 2.0
    assert reader.generation == 2


def test_a_board_of_other_tags_is_replaced(tmp_path: Path) -> None:
    BoardWriter.open(tmp_path, ["a", "b"]).write(*columns(1, 2))
    BoardWriter.open(tmp_path, ["b", "a"]).write(*columns(5, 2))
    reader = BoardReader.open(tmp_path, 0)
    assert reader.tags == ("b", "a")
    assert reader.generation == 1


def test_no_board_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match="no board of a running town"):
        BoardReader.open(tmp_path, 0.1)
    BoardWriter.open(tmp_path, ["a"])
    with pytest.raises(BoardError, match="first tick"):
        BoardReader.open(tmp_path, 0)


@pytest.mark.timeout(30)
def test_two_processes_hammering_never_tear_a_tick(tmp_path: Path) -> None:
    run = [sys.executable, "-c", HAMMER, str(tmp_path)]
    writer = subprocess.Popen([*run, "write", "3"], stdout=subprocess.PIPE, text=True)
    reader = subprocess.run([*run, "read", "2"], capture_output=True, text=True, timeout=20, check=False)
    written, _ = writer.communicate(timeout=20)
    assert reader.returncode == 0, reader.stderr
    assert int(reader.stdout) > 100
    assert int(written) > 1000
