"""A file that is replaced is the old or the new one, whole, wherever the process is killed; and on disk."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core.durable_file import PRIVATE, adopt, create_file, replace_file, sync_folder

ROOT = Path(__file__).parents[2]
OLD, NEW = b"old " * 5_000, b"the new one " * 4_000

KILLED = """
import json, os, signal, sys
from pathlib import Path
from core import durable_file

verb, folder, old, new = sys.argv[1], Path(sys.argv[2]), sys.argv[3].encode(), sys.argv[4].encode()

def act():
    if verb == "adopt":
        (folder / "made").write_bytes(new)
        durable_file.adopt(folder / "made", folder / "file")
    else:
        getattr(durable_file, verb)(folder / "file", new)

def dies_at(step):
    left = [step]
    def on(frame, event, arg):
        if event.startswith("c_"):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.setprofile(on)
    act()
    sys.setprofile(None)
    os._exit(0)

seen = []
for step in range(1, 1000):
    (folder / "file").unlink(missing_ok=True)
    if old:
        (folder / "file").write_bytes(old)
    pid = os.fork()
    if not pid:
        dies_at(step)
    killed = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    file = folder / "file"
    seen.append(file.read_bytes().decode() if file.exists() else None)
    if killed == 0:
        break
    assert killed == -signal.SIGKILL
print(json.dumps(seen))
"""
"""Before and after each call that the verb makes of the system, from a process that does nothing else."""


@pytest.mark.parametrize(
    ("verb", "old"), [("replace_file", OLD), ("replace_file", b""), ("create_file", b""), ("adopt", OLD)]
)
def test_killed_at_any_step_the_file_is_the_old_or_the_new_one_whole(
    tmp_path: Path, verb: str, old: bytes
) -> None:
    command = [sys.executable, "-c", KILLED, verb, str(tmp_path), old.decode(), NEW.decode()]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    seen = json.loads(told.stdout)
    before, after = (old.decode() or None), NEW.decode()
    assert set(seen) == {before, after}
    assert seen == sorted(seen, key=lambda one: one == after), "never back again"
    assert len(seen) > 10 and seen[-1] == after


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the disk, in order: that a kill leaves a file whole does not show that a power cut
    does."""
    said: list[str] = []

    def noting(name: str, what: str | None = None) -> None:
        call = getattr(os, name)

        def noted(*args: object, **named: object) -> object:
            said.append(what or ("folder" if stat.S_ISDIR(os.fstat(int(str(args[0]))).st_mode) else "file"))
            return call(*args, **named)

        monkeypatch.setattr(os, name, noted)

    noting("fsync")
    for name in ("replace", "rename", "link"):
        noting(name, "named")
    return said


def test_the_content_is_synced_before_it_has_the_name_and_the_folder_after(
    tmp_path: Path, steps: list[str]
) -> None:
    replace_file(tmp_path / "a", NEW)
    create_file(tmp_path / "b", NEW)
    (tmp_path / "made").write_bytes(NEW)
    adopt(tmp_path / "made", tmp_path / "c")
    assert steps == ["file", "named", "folder"] * 3
    steps.clear()
    sync_folder(tmp_path)
    assert steps == ["folder"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a", "b", "c"]


def test_of_two_that_create_one_file_the_first_stands(tmp_path: Path) -> None:
    assert create_file(tmp_path / "key", OLD, PRIVATE)
    assert not create_file(tmp_path / "key", NEW, PRIVATE)
    assert (tmp_path / "key").read_bytes() == OLD
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


def test_what_is_private_is_so_even_where_a_crash_left_another_beside_it(tmp_path: Path) -> None:
    (tmp_path / "secret.new").write_bytes(b"half")
    replace_file(tmp_path / "secret", NEW, PRIVATE)
    create_file(tmp_path / "key", NEW, PRIVATE)
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {PRIVATE}


def test_a_disk_that_refuses_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(OLD)
    (tmp_path / "file.new").mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_file(tmp_path / "file", NEW)
    assert (tmp_path / "file").read_bytes() == OLD


def test_no_other_place_syncs_for_itself() -> None:
    """Two append, and know better than to write the whole anew: the spool's log and the audit's anchors."""
    own = {"core/durable_file.py", "core/adapters/segment_spool/log.py", "hub/anchor.py"}
    rooms = ("core", "collectors", "alarms", "response", "api", "public_portal", "simulators", "hub")
    sources = (file for room in rooms for file in (ROOT / room).rglob("*.py"))
    syncing = {str(f.relative_to(ROOT)) for f in sources if re.search(r"\bfsync\(", f.read_text("utf-8"))}
    assert syncing == own
