"""What lies about a place is found without looking at every pipe of the town, and nothing is missed."""

from hypothesis import given
from hypothesis import strategies as st

from core.model.network import Link, LinkKind, Network, Node, NodeKind

METRES = st.floats(-2_000, 2_000)
POINTS = st.tuples(METRES, METRES)
LINES = st.lists(st.lists(POINTS, min_size=2, max_size=4), max_size=12)


def network(lines: list[list[tuple[float, float]]]) -> Network:
    nodes, links = {}, {}
    for n, (first, *bends, last) in enumerate(lines):
        for end, (x, y) in (("a", first), ("b", last)):
            nodes[f"{n}{end}"] = Node(f"{n}{end}", NodeKind.JUNCTION, x, y, 0.0)
        links[str(n)] = Link(str(n), LinkKind.PIPE, f"{n}a", f"{n}b", 1.0, 100.0, vertices=tuple(bends))
    return Network(nodes=nodes, links=links)


@given(lines=LINES, place=POINTS, reach_m=st.floats(1, 700))
def test_every_link_that_has_a_point_within_reach_is_about(lines, place, reach_m) -> None:
    town, (x, y) = network(lines), place
    within = {
        str(n)
        for n, line in enumerate(lines)
        if any(max(abs(px - x), abs(py - y)) <= reach_m for px, py in line)
    }
    assert within <= {link.id for link in town.links_about(x, y, reach_m + 1e-6)}


def test_links_whose_line_stays_away_are_not_about() -> None:
    town = network([[(0, 0), (10, 0)], [(500, 0), (600, 0)], [(-50, -50), (50, 50)]])
    assert [link.id for link in town.links_about(0, 0, 100.0)] == ["0", "2"]
    assert network([]).links_about(0, 0, 100.0) == []
