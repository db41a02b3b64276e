"""axe-core for the accessibility tests: pinned by hash in tests/servers/axe, cached outside the checkout."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.need import need

_PINNED = Path(__file__).parent / "servers" / "axe"
_CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "waterhub" / "axe-4.14.1"

RUN = """async () => (await axe.run(document, {
  resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
})).violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).slice(0, 5).join(', ')}`)"""


def axe_source() -> str:
    """The script's text; installed once. Skips the test when npm is missing (fails with CI set)."""
    script = _CACHE / "node_modules" / "axe-core" / "axe.min.js"
    _CACHE.mkdir(parents=True, exist_ok=True)
    with (_CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not script.exists():
            npm = need("npm")
            for name in ("package.json", "package-lock.json"):
                shutil.copy(_PINNED / name, _CACHE / name)
            subprocess.run(
                [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
                cwd=_CACHE,
                check=True,
                capture_output=True,
                timeout=180,
            )
    return script.read_text()


def violations(page: Any) -> list[str]:
    """What axe finds on a Playwright page, one line a rule with the elements it names."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_source())
    return page.evaluate(RUN)
