"""The pipe network as an open EPANET project holds it (EPANET 2.3 toolkit)."""

import csv
from pathlib import Path

import epanet.toolkit as en

from core.model.network import IsolationValve, Link, LinkKind, Network, Node, NodeKind

_NODE_KINDS = {en.JUNCTION: NodeKind.JUNCTION, en.RESERVOIR: NodeKind.RESERVOIR, en.TANK: NodeKind.TANK}
_PIPES = (en.CVPIPE, en.PIPE)

Tags = dict[tuple[str, str], str]
"""By ("NODE" or "LINK", id)."""


def read_network(project: object, inp: Path, valves: Path | None = None) -> Network:
    """Nodes and links in EPANET's own order.

    A node's zone is its tag, a link's street is its tag ([TAGS], `NODE id zone` and `LINK id street`). A
    link belongs to the zone of its end b, so that an inlet drawn from the trunk into a zone is the zone's.
    A pipe's material is the comment at the end of its row. Coordinates are 0, 0 where the file has none.
    """
    tags = read_tags(inp)
    nodes = {node.id: node for node in (_node(project, i, tags) for i in _indices(project, en.NODECOUNT))}
    links = {
        link.id: link for link in (_link(project, i, nodes, tags) for i in _indices(project, en.LINKCOUNT))
    }
    return Network(nodes, links, read_valves(valves) if valves else {})


def read_valves(path: Path) -> dict[str, IsolationValve]:
    """The sidecar `valves.csv`: id, link, node, open (1 or 0). Raises ValueError naming a bad row."""
    valves = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if row.get("open") not in ("0", "1") or not row["id"]:
                raise ValueError(f"{path}:{number}: a valve needs id, link, node and open as 1 or 0")
            valves[row["id"]] = IsolationValve(row["id"], row["link"], row["node"], row["open"] == "1")
    return valves


def _indices(project: object, what: int) -> range:
    return range(1, en.getcount(project, what) + 1)


def _node(project: object, index: int, tags: Tags) -> Node:
    id = en.getnodeid(project, index)
    return Node(
        id=id,
        kind=_NODE_KINDS[en.getnodetype(project, index)],
        **_place(project, index),
        elevation_m=en.getnodevalue(project, index, en.ELEVATION),
        zone=tags.get(("NODE", id)),
    )


def _place(project: object, index: int) -> dict[str, float]:
    try:
        x, y = en.getcoord(project, index)
    except Exception as error:  # the binding raises bare Exception for every EPANET code
        if "254" not in str(error):
            raise
        x, y = 0.0, 0.0
    return {"x": x, "y": y}


def _link(project: object, index: int, nodes: dict[str, Node], tags: Tags) -> Link:
    id = en.getlinkid(project, index)
    kind = en.getlinktype(project, index)
    a, b = (en.getnodeid(project, end) for end in en.getlinknodes(project, index))
    pipe = kind in _PIPES
    return Link(
        id=id,
        kind=LinkKind.PIPE if pipe else LinkKind.PUMP if kind == en.PUMP else LinkKind.VALVE,
        a=a,
        b=b,
        length_m=en.getlinkvalue(project, index, en.LENGTH) if pipe else 0.0,
        diameter_mm=0.0 if kind == en.PUMP else en.getlinkvalue(project, index, en.DIAMETER),
        open=en.getlinkvalue(project, index, en.INITSTATUS) != en.CLOSED,
        zone=nodes[b].zone,
        street=tags.get(("LINK", id)),
        material=(en.getcomment(project, en.LINK, index) or None) if pipe else None,
        vertices=tuple(
            tuple(en.getvertex(project, index, v)) for v in range(1, en.getvertexcount(project, index) + 1)
        ),
    )


def read_tags(inp: Path) -> Tags:
    """The [TAGS] section, read from the file: the binding cannot hand out what `EN_gettag` fills in."""
    tags: Tags = {}
    inside = False
    for line in inp.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split(";")[0].split()
        if words and words[0].startswith("["):
            inside = words[0].upper() == "[TAGS]"
        elif inside and len(words) >= 3:
            tags[words[0].upper(), words[1]] = words[2]
    return tags
