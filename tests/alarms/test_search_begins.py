"""Where a search for a burst begins, of what is believed of each pipe."""

from pathlib import Path

import numpy as np
import pytest

from alarms.locate import ranked
from core.model.network import LinkKind, Network
from core.model.sample import Floats
from hub.check import read as read_configuration

CONFIG = Path(__file__).parents[2] / "configs" / "demo"
ZONE = "dma-06"


@pytest.fixture(scope="module")
def network() -> Network:
    return read_configuration(CONFIG).plant.network


@pytest.fixture(scope="module")
def pipes(network: Network) -> list[str]:
    links = network.links.values()
    return [one.id for one in links if one.kind is LinkKind.PIPE and network.nodes[one.a].zone == ZONE]


def begins(network: Network, pipes: list[str], belief: Floats) -> str | None:
    return ranked(network, pipes, belief / belief.sum(), 0).begin


def test_a_pipe_that_holds_over_half_of_it_is_where_it_begins(network: Network, pipes: list[str]) -> None:
    """Whatever little of the rest another neighbourhood holds besides: order and notice name its street."""
    rng = np.random.default_rng(7)
    for n, pipe in enumerate(pipes):
        belief = rng.random(len(pipes))
        belief *= 0.45 / belief.sum()
        belief[n] += 0.55
        assert begins(network, pipes, belief) == pipe


def test_among_many_alike_it_begins_where_most_belief_lies(network: Network, pipes: list[str]) -> None:
    """The likeliest pipe alone is no reason, where a neighbourhood elsewhere holds three times as much."""
    alone = pipes[0]
    far = [one for one, m in network.path_m(alone).items() if m > 900.0 and one in pipes]
    crowds = [{two for two, m in network.path_m(one).items() if m <= 150.0 and two in pipes} for one in far]
    crowd = max(crowds, key=len)
    belief = np.array([1.0 if one == alone else 3.0 / len(crowd) if one in crowd else 1e-6 for one in pipes])
    assert len(crowd) >= 3
    assert begins(network, pipes, belief) in crowd
