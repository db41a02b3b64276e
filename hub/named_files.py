"""Whether the keys, certificates and passwords that a configuration names are there.

Asked by `waterhub check` only: a hub starts without them, since one connection that lacks its password is no
reason to stop the others.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from hub.check import Configuration
from hub.delivery_file import NAME as DELIVERY
from hub.escalation_file import NAME as ESCALATION
from hub.problems import Problem
from hub.yaml_lines import Path_, load

_MADE = frozenset({"data", "network", "accounts", "customers", "anchor", "token_file"})
"""What the hub or `waterhub migrate` makes, or what is looked for elsewhere."""


def missing_files(configuration: Configuration) -> list[Problem]:
    here = configuration
    trees: dict[str, object] = {"hub.yaml": here.hub, "collectors.yaml": {"collectors": here.collectors}}
    if here.escalation is not None:
        trees[ESCALATION] = here.escalation
    if here.delivery is not None:
        trees[DELIVERY] = here.delivery
    return [problem for name, tree in trees.items() for problem in _missing(here.folder, name, tree)]


def _missing(folder: Path, name: str, tree: object) -> Iterator[Problem]:
    absent = [(place, path) for place, path in _named(tree, ()) if not (folder / path).is_file()]
    document = load(folder / name) if absent else None
    for place, path in absent:
        if document:
            what = f"`{place[-1]}`: there is no file {folder / path}"
            mend = "put it there, or correct the path; it is relative to the configuration's folder"
            yield Problem(document.file, document.line(place), what, mend)


def _named(value: object, place: Path_) -> Iterator[tuple[Path_, Path]]:
    """Every file that a configuration tree names, with its place."""
    if isinstance(value, BaseModel):
        value = {name: one for name, one in value if name not in _MADE}
    if isinstance(value, Path):
        yield place, value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _named(one, (*place, name))
    elif isinstance(value, tuple):
        for at, one in enumerate(value):
            yield from _named(one, (*place, at))
