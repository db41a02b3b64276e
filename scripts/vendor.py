"""Fetch the browser libraries that the screens carry, pinned by content: `python scripts/vendor.py`.

Each package comes from the registry that npm is set up for, is checked against the SHA-512 below, and only
the listed files are kept. The result is committed; nobody needs this to run or to test the hub.
"""

import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "api" / "static" / "vendor"


@dataclass(frozen=True, slots=True)
class Package:
    """integrity: as npm states it. files: path in the package to path below the vendor folder."""

    name: str
    version: str
    integrity: str
    files: dict[str, str]


PACKAGES = (
    Package(
        "uplot",
        "1.6.32",
        "sha512-KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==",
        {
            "dist/uPlot.iife.min.js": "uplot/uPlot.iife.min.js",
            "dist/uPlot.min.css": "uplot/uPlot.min.css",
            "LICENSE": "uplot/LICENSE.txt",
        },
    ),
)


def fetch(package: Package) -> None:
    """Raises SystemExit when the content is not what was pinned."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{package.name}@{package.version}"
        done = subprocess.run(
            ["npm", "pack", "--silent", wanted], cwd=folder, check=True, capture_output=True, text=True
        )
        tarball = Path(folder, done.stdout.strip().splitlines()[-1])
        content = tarball.read_bytes()
        found = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
        if found != package.integrity:
            sys.exit(f"{wanted}: expected {package.integrity}, got {found}")
        with tarfile.open(tarball) as archive:
            for inside, outside in package.files.items():
                member = archive.extractfile(f"package/{inside}")
                assert member is not None, f"{wanted} has no {inside}"
                target = FOLDER / outside
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(member.read())
    print(f"{wanted}: {len(package.files)} files")


if __name__ == "__main__":
    for package in PACKAGES:
        fetch(package)
