"""What browsers are sent: from here alone, kept for ever under its version, small."""

import gzip
import hashlib
import re
from pathlib import Path

from api import assets

MOST_JS_GZ = {
    "wall": 55_000,
    "desk": 75_000,
    "crew": 33_500,
    "trends": 52_000,
    "map": 40_000,
    "replay": 34_000,
}
"""Bytes. The wall's target is 60,000; of the trends' 22,000 are uPlot, of the crew's 1,700 reckon valves
without a network."""


def test_nothing_names_another_origin() -> None:
    for name, asset in assets.read().files.items():
        text = asset.content.decode("utf-8")
        urls = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"'()<>]*", text))
        known = {"http://www.w3.org/2000/svg", "https://github.com/leeoniya/uPlot"}
        assert urls <= known, (name, urls - known)


def test_the_wall_and_the_desk_are_light() -> None:
    read = assets.read()

    def weight(*names: str) -> int:
        return sum(len(gzip.compress(read.files[name].content, 9)) for name in names)

    for page in ("wall", "desk", "crew", "map", "replay"):
        assert weight(*read.modules(f"js/{page}/main.js")) < MOST_JS_GZ[page], page
    chart = "vendor/uplot/uPlot.iife.min.js"
    assert weight(chart, *read.modules("js/trends/main.js")) < MOST_JS_GZ["trends"]


def test_what_explains_a_script_to_its_reader_is_not_sent_and_each_line_of_code_stays_on_its_line() -> None:
    sent = {name: asset.content for name, asset in assets.read().files.items() if name.startswith("js/")}
    for name, content in sent.items():
        source = (assets.FOLDER / name).read_text(encoding="utf-8").split("\n")
        lines = content.decode().split("\n")
        assert len(lines) == len(source), name
        open_comment = False
        for there, here in zip(source, lines, strict=True):
            begins = there.lstrip().startswith("/**") and ("*/" not in there or there.rstrip().endswith("*/"))
            whole = open_comment or begins
            open_comment = whole and "*/" not in there
            assert here == ("" if whole else there), (name, there)


def test_a_page_preloads_what_its_script_imports_and_nothing_else() -> None:
    read = assets.read()
    scripts = {name for name in read.files if name.startswith("js/")}
    pages = {name: set(read.modules(name)) for name in scripts if name.endswith("/main.js")}
    assert set().union(*pages.values()) == scripts, "what no page imports is not there for nothing"
    assert "js/core/store.js" in pages["js/wall/main.js"]
    assert not {"js/core/store.js", "js/core/zones.js", "js/map/view.js"} & pages["js/crew/main.js"]


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
