"""The font of posters: whether the configured file can be embedded and has Chinese in it."""

from pathlib import Path

from hub.config import HubFile
from hub.problems import Problem
from hub.yaml_lines import Document


def poster_font(folder: Path, hub: HubFile) -> Path | None:
    """Relative to the configuration's folder."""
    return folder / hub.poster_font if hub.poster_font else None


def check_poster_font(lines: Document, font: Path | None, problems: list[Problem]) -> None:
    """A file that is absent is told with the other absent files."""
    if font is None or not font.exists():
        return
    from response.renderings.poster import FontUnfit, face

    try:
        face(font)
    except FontUnfit as error:
        mend = "name a TrueType font (.ttf, .ttc with glyf outlines) with Chinese, or leave `poster_font` out"
        problems.append(Problem(lines.file, lines.line(("poster_font",)), str(error), mend))
