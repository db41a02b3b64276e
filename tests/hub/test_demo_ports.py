"""Where a demo listens: as the environment says, and beside what is taken."""

import socket
from contextlib import ExitStack

import pytest

from hub.demo.ports import Door, choose
from tests.ports import free_port


def test_a_port_of_the_environment_is_taken_and_the_next_free_one_beside_a_listener(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wished, said = free_port(), list[str]()
    monkeypatch.setenv("WATERHUB_A_PORT", str(wished))
    doors = [Door("a", "WATERHUB_A_PORT", 1), Door("b", "WATERHUB_B_PORT", wished)]
    with socket.socket() as taken:
        assert choose(doors[:1], said.append, ExitStack()) == {"WATERHUB_A_PORT": wished} and not said
        taken.bind(("127.0.0.1", wished))
        taken.listen()
        chosen = choose(doors, said.append, ExitStack())
    assert wished < chosen["WATERHUB_A_PORT"] < chosen["WATERHUB_B_PORT"]
    assert said[0] == f"port {wished} (a) is in use; {chosen['WATERHUB_A_PORT']} is free"


@pytest.mark.parametrize("wish", ["", "http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, wish: str
) -> None:
    monkeypatch.setenv("WATERHUB_A_PORT", wish)
    with pytest.raises(SystemExit, match=r"WATERHUB_A_PORT.*number from 1 to 65535"):
        choose([Door("a", "WATERHUB_A_PORT", 1)], print, ExitStack())


def test_two_demos_that_start_at_once_take_different_ports() -> None:
    wished = free_port()
    doors = [Door("a", "WATERHUB_A_PORT", wished)]
    with ExitStack() as mine, ExitStack() as theirs:
        first = choose(doors, print, mine)
        assert first["WATERHUB_A_PORT"] == wished < choose(doors, print, theirs)["WATERHUB_A_PORT"]
    with ExitStack() as later:
        assert choose(doors, print, later) == first, "what has ended has given its ports back"
