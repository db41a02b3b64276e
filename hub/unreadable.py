"""Why a file of a plant's folder cannot be read as text, with the line and the mend."""

from pathlib import Path

from hub.problems import Problem

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def unreadable(file: Path, error: OSError | UnicodeDecodeError, save: str = "save it as UTF-8") -> Problem:
    """error: what opening or reading it ended with. save: the mend where its encoding is another."""
    if file.is_dir():
        return Problem(file, 0, "a folder stands in the file's place", "move it away, and put the file there")
    if isinstance(error, FileNotFoundError):
        return Problem(file, 0, f"cannot be read: {error.strerror}", "create it")
    if isinstance(error, OSError):
        mend = "give the hub's user the right to read it, and see that its disk is sound"
        return Problem(file, 0, f"cannot be read: {error.strerror}", mend)
    return _other_encoding(file, file.read_bytes(), save)


def _other_encoding(file: Path, content: bytes, save: str) -> Problem:
    if content.startswith(_UTF16):
        return Problem(file, 1, "it is not UTF-8 but UTF-16 (what Excel calls Unicode text)", save)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        what, line = "it is not UTF-8", content[: error.start].count(b"\n") + 1
        return Problem(file, line, what + ("; it reads as GBK" if _gbk(content) else ""), save)
    return Problem(file, 0, "it changed while it was read", "run the check again")


def _gbk(content: bytes) -> bool:
    """In which Excel saves plain CSV on a Chinese Windows."""
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True
