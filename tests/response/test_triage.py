"""HL-15: is it ours? A few questions that end with every answer, offered where nothing is known."""

from collections.abc import Iterator
from dataclasses import replace

from core.model.account import Role
from core.runtime.live import LiveTable
from response.hotline.card import Asked, card
from response.hotline.triage import TREE, Node
from tests.response import little_town as town
from tests.response.little_town import report

NODES = {node.id: node for node in TREE}
AGENT = town.user(Role.HOTLINE)
MOST_QUESTIONS = 4


def ways(node: Node = TREE[0], said: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Every way through it: the answers given, and where they end."""
    if node.yes is None or node.no is None:
        yield said, node
        return
    yield from ways(NODES[node.yes], (*said, f"{node.id}:yes"))
    yield from ways(NODES[node.no], (*said, f"{node.id}:no"))


def test_hl_15_whatever_is_answered_it_ends_soon_with_whose_it_is():
    for said, end in ways():
        assert len(said) <= MOST_QUESTIONS, said
        assert end.ours is not None, said
        assert end.words.zh and end.words.en
    reached = {node for said, _ in ways() for node in (answer.split(":")[0] for answer in said)}
    assert reached | {end.id for _, end in ways()} == set(NODES), "nothing in it is out of reach"


def test_hl_15_it_asks_after_neighbours_the_valve_arrears_and_the_pump_room():
    ends = {said: end.id for said, end in ways()}
    assert ends["neighbours:yes", "pump:no"] == "report", "a whole street without water is the utility's"
    assert ends["neighbours:yes", "pump:yes"] == "pump_room"
    assert ends["neighbours:no", "valve:no"] == "open_valve"
    assert ends["neighbours:no", "valve:yes", "taps:yes"] == "inside"
    assert ends["neighbours:no", "valve:yes", "taps:no", "bill:yes"] == "arrears"
    assert ends["neighbours:no", "valve:yes", "taps:no", "bill:no"] == "report"
    assert [end.id for _, end in ways() if end.ours] == ["report", "report"]


async def test_hl_15_it_is_offered_where_nothing_is_known_and_not_to_who_is_cut_off(desk, ledger, service):
    asking = replace(desk, live=LiveTable())
    calm = await card(asking, Asked(account="A000031"), user=AGENT, now_ns=town.T0)
    assert calm.triage == TREE
    await service.handle([await report(ledger, town.burst())])
    cut_off = await card(asking, Asked(account="A000031"), user=AGENT, now_ns=town.T0)
    assert cut_off.triage == ()
