"""What every snapshot store promises: a reader never sees one snapshot's content with another's signature."""

import hashlib
import subprocess
import sys
import threading
import time

import pytest

from core.adapters.folder_snapshots import FolderSnapshots


@pytest.fixture
def store(tmp_path):
    return FolderSnapshots(tmp_path / "public")


def test_empty_before_the_first(store):
    assert store.get() is None
    assert store.version() is None


def test_the_newest_pair_comes_back_byte_for_byte(store):
    store.put(b"{}", b"sig-1")
    first = store.version()
    store.put("供水 \0\n".encode(), b"")
    assert store.get() == ("供水 \0\n".encode(), b"")
    assert store.version() != first


def test_another_reader_of_the_folder_sees_it(store, tmp_path):
    store.put(b"content", b"signature")
    other = FolderSnapshots(tmp_path / "public")
    assert other.get() == (b"content", b"signature")
    assert other.version() == store.version()


def test_readers_never_see_a_mixture(store):
    def pair(k):
        return b"%d" % k * (10_000 + k % 7), b"%d" % k * 64

    store.put(*pair(0))
    wrong, seen, done = [], set(), threading.Event()

    def read():
        while not done.is_set():
            content, signature = store.get()
            k = int(signature[: len(signature) // 64])
            seen.add(k)
            if (content, signature) != pair(k):
                wrong.append(k)

    reader = threading.Thread(target=read)
    reader.start()
    for k in range(1, 200):
        store.put(*pair(k))
    done.set()
    reader.join()
    assert not wrong
    assert len(seen) > 1


WRITER = """
import itertools, pathlib, sys
from core.adapters.folder_snapshots import FolderSnapshots
store = FolderSnapshots(pathlib.Path(sys.argv[1]))
for k in itertools.count():
    store.put(b"%07d" % k * 50_000, b"%07d" % k)
    print(k, flush=True)
"""


def test_a_writer_killed_at_any_point_leaves_a_whole_pair(store, tmp_path):
    for pause_s in (0.01, 0.02, 0.03, 0.04, 0.05):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "public")], stdout=subprocess.PIPE
        )
        said = child.stdout.readline()
        time.sleep(pause_s)
        child.kill()
        said += child.communicate()[0]
        acked = int(said.split(b"\n")[-2])
        content, signature = store.get()
        assert content == signature * 50_000
        assert int(signature) >= acked


@pytest.mark.parametrize("data", [b"", b"WHS1", b"WHS1\xff\0\0\0short", b"<html>not ours</html>"])
def test_a_foreign_or_cut_file_is_an_error_not_a_snapshot(store, tmp_path, data):
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "snapshot").write_bytes(data)
    with pytest.raises(ValueError, match="snapshot"):
        store.get()


def test_a_disk_that_refuses_keeps_the_old_pair(store, tmp_path):
    store.put(b"old", b"s")
    (tmp_path / "public" / "snapshot.new").mkdir()
    with pytest.raises(OSError):
        store.put(b"new", b"s")
    assert store.get() == (b"old", b"s")


def test_parts_lie_under_their_hash_until_they_are_not_wanted(store, tmp_path):
    one, two = store.put_part("水质".encode()), store.put_part(b"")
    assert one == hashlib.sha256("水质".encode()).hexdigest()
    other = FolderSnapshots(tmp_path / "public")
    assert (other.part(one), other.part(two)) == ("水质".encode(), b"")
    assert store.put_part("水质".encode()) == one
    store.keep_parts({two})
    assert (other.part(one), other.part(two)) == (None, b"")
    assert store.get() is None, "a part is no snapshot"


@pytest.mark.parametrize("name", ["", "../snapshot", "0" * 63, "G" * 64, "0" * 64])
def test_no_other_name_is_a_part(store, name):
    store.put(b"content", b"signature")
    assert store.part(name) is None


def test_a_part_that_was_damaged_is_written_anew(store, tmp_path):
    sha256 = store.put_part(b"whole")
    (tmp_path / "public" / "parts" / sha256).write_bytes(b"who")
    assert store.put_part(b"whole") == sha256
    assert store.part(sha256) == b"whole"
