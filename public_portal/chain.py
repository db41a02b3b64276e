"""The public list of everything that was ever said: JSON lines, each with the hash of the one before.

Whoever kept one hash sees whether anything before it was changed, left out or put in between (ON-40).
"""

import hashlib
import json

START = "0" * 64
Entry = dict[str, object]


class ListBroken(ValueError):
    """line: the first that does not follow, from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line


def entry(prev: Entry | None, facts: Entry) -> Entry:
    """The next line after `prev`. facts: number, version, identifier, change, sent, sha256 of its
    statement."""
    made: Entry = {
        "n": 1 if prev is None else int(str(prev["n"])) + 1,
        "prev": START if prev is None else prev["hash"],
        **facts,
    }
    return {**made, "hash": hash_of(made)}


def hash_of(line: Entry) -> str:
    """SHA-256 over the line without its hash: keys sorted, no spaces, UTF-8."""
    bare = {key: value for key, value in line.items() if key != "hash"}
    return hashlib.sha256(written(bare)).hexdigest()


def written(line: Entry) -> bytes:
    return json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def document(lines: list[Entry]) -> bytes:
    return b"".join(written(line) + b"\n" for line in lines)


def verified(content: bytes) -> list[Entry]:
    """The lines, checked against each other. The first may have a `prev` of its own, where the list was cut
    to its newest part. Raises ListBroken."""
    lines: list[Entry] = []
    for at, raw in enumerate(content.splitlines(), 1):
        try:
            line = json.loads(raw)
        except ValueError as error:
            raise ListBroken(at, "not JSON") from error
        if not isinstance(line, dict) or line.get("hash") != hash_of(line):
            raise ListBroken(at, "it is not what was hashed")
        if raw != written(line):
            raise ListBroken(at, "it is not in its canonical spelling")
        if lines and (line.get("prev"), line.get("n")) != (lines[-1]["hash"], int(str(lines[-1]["n"])) + 1):
            raise ListBroken(at, "it does not follow the one before")
        lines.append(line)
    return lines
