"""The screens' own files, held in memory: one version names them all, so browsers may keep them for ever."""

import gzip
import hashlib
import mimetypes
import posixpath
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}
_SMALLEST_PACKED = 512
_EXPLAINS = re.compile(rb"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*$", re.MULTILINE | re.DOTALL)
_IMPORTS = re.compile(r'^(?:import|export)\b[^;]*?"(\.[^"]+)";', re.MULTILINE)


@dataclass(frozen=True)
class Asset:
    media_type: str
    content: bytes

    @cached_property
    def packed(self) -> bytes | None:
        """The same bytes in gzip, made when they are first asked for; None where that is not worth it."""
        if len(self.content) < _SMALLEST_PACKED:
            return None
        packed = gzip.compress(self.content, 9, mtime=0)
        return packed if len(packed) < len(self.content) else None


@dataclass(frozen=True, slots=True)
class Assets:
    """files: by path below the folder, with `/`."""

    files: dict[str, Asset]
    version: str

    def url(self, path: str) -> str:
        """Raises KeyError for a file that is not there."""
        self.files[path]
        return f"/static/{self.version}/{path}"

    def modules(self, script: str) -> list[str]:
        """What a page's script imports, and what that imports, itself among them: for the page to preload."""
        found, todo = set[str](), [script]
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                beside = _IMPORTS.findall(self.files[name].content.decode())
                todo += [posixpath.normpath(f"{posixpath.dirname(name)}/{path}") for path in beside]
        return sorted(found)


def read(folder: Path = FOLDER) -> Assets:
    files: dict[str, Asset] = {}
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name, content = path.relative_to(folder).as_posix(), path.read_bytes()
        if name.startswith("js/"):
            content = _EXPLAINS.sub(_lines_of, content)
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
        files[name] = _asset(path, content)
    return Assets(files, digest.hexdigest()[:12])


@cache
def served() -> Assets:
    """The screens' own: read, and packed, once a process."""
    return read()


def _lines_of(comment: re.Match[bytes]) -> bytes:
    """What explains a script to its reader is more than a quarter of it, and is not sent; its lines are, so
    that a browser names a mistake's line as it is written."""
    return b"\n" * comment[0].count(b"\n")


def _asset(path: Path, content: bytes) -> Asset:
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(kind, content)
