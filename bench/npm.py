"""What a folder of tests/servers pins of npm, installed once beside the checkout."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

SERVERS = Path(__file__).parents[1] / "tests" / "servers"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "waterhub-tests"


def node_modules(project: Path) -> Path:
    """Raises OSError, saying why, when npm is missing or cannot fetch them."""
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm is not installed")
    version = hashlib.sha256((project / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = CACHE / f"{project.name}-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes test at once
        if not (folder / "done").exists():
            for name in ("package.json", "package-lock.json"):
                shutil.copy(project / name, folder / name)
            argv = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)]
            done = subprocess.run(argv, capture_output=True, text=True, timeout=600)
            if done.returncode:
                raise OSError(f"npm ci failed: {done.stderr[-300:]}")
            (folder / "done").touch()
    return folder / "node_modules"
