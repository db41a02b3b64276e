"""Where a configuration has messages sent: one that the hub never goes to is said beforehand."""

from pathlib import Path
from urllib.parse import urlsplit

from core.model.destination import literal, may_go
from hub.problems import Problem

_INSIDE = "write `internal: true` beside it where it is in the utility's own network, or on this machine"


def unreachable(file: Path, line: int, url: str, *, internal: bool) -> list[Problem]:
    """Only of a host that is written as an address; what a name means is seen at sending."""
    host = urlsplit(url).hostname or ""
    address = literal(host)
    if address is None or may_go(address, internal=internal):
        return []
    if may_go(address, internal=True):
        return [Problem(file, line, f"{host} is an internal address: nothing would be sent there", _INSIDE)]
    return [
        Problem(file, line, f"{host}: nothing is ever sent there", "write the host's own address or name")
    ]
