"""What browsers are sent: from here alone, kept for ever under its version, small."""

import gzip
import hashlib
import re
from pathlib import Path

from api import assets

MOST_JS_GZ = {"wall": 60_000, "desk": 90_000, "crew": 40_000, "trends": 65_000}
"""Bytes. The wall's is a target of its own; of the trends' 22,000 are uPlot."""


def test_nothing_names_another_origin() -> None:
    for name, asset in assets.read().files.items():
        text = asset.content.decode("utf-8")
        urls = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"'()<>]*", text))
        known = {"http://www.w3.org/2000/svg", "https://github.com/leeoniya/uPlot"}
        assert urls <= known, (name, urls - known)


def test_the_wall_and_the_desk_are_light() -> None:
    read = assets.read()

    def weight(*folders: str) -> int:
        return sum(len(gzip.compress(read.files[name].content, 9)) for name in read.modules(*folders))

    assert weight("js/core/", "js/control/", "js/map/", "js/wall/") < MOST_JS_GZ["wall"]
    assert weight("js/core/", "js/control/", "js/map/", "js/press/", "js/desk/") < MOST_JS_GZ["desk"]
    assert weight("js/core/", "js/trends/", "vendor/") < MOST_JS_GZ["trends"]
    assert weight("js/core/", "js/crew/") < MOST_JS_GZ["crew"]


def test_a_version_names_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("one")
    first = assets.read(tmp_path)
    (tmp_path / "a.js").write_text("two")
    assert first.version != assets.read(tmp_path).version
    assert first.url("a.js") == f"/static/{first.version}/a.js"


def test_vendored_code_is_what_was_pinned() -> None:
    script = assets.FOLDER / "vendor" / "uplot" / "uPlot.iife.min.js"
    assert hashlib.sha256(script.read_bytes()).hexdigest() == PINNED
    assert "MIT" in script.with_name("LICENSE.txt").read_text()


PINNED = "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f"
