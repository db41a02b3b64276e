"""`waterhub probe`: finds how a device lays a value, writes nothing, and says why it finds nothing."""

import json
import socket
import subprocess

import pytest
from pymodbus import FramerType

from hub.config import CollectorsFile
from hub.yaml_lines import yaml
from tests.hub.command import waterhub
from tests.ports import free_port
from tests.servers.registers import at, device, f32, on_serial_line


def probe(*options: object) -> subprocess.CompletedProcess[str]:
    return waterhub("probe", *options)


def readings(*options: object) -> list[dict]:
    done = probe(*options, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["readings"]


ODD = at("holding", 8, [9, 7, *f32(3.42, "CDAB"), 5, 5, 5]) | at("input", 8, [1, 2, 3, 4, 5, 6, 7])


def test_a_float_with_swapped_words_is_found_and_its_line_can_be_pasted() -> None:
    with device(ODD, unit=3) as port:
        done = probe(f"127.0.0.1:{port}", "--unit", 3, "--address", 10, "--value", "3.42")
    assert done.returncode == 0, done.stderr
    line = done.stdout.splitlines()[-1]
    assert line == "- {tag: TAG, table: holding, address: 10, type: f32, order: CDAB}"
    unit = {"unit": 3, "points": yaml.safe_load(line)}
    CollectorsFile.model_validate(
        {"collectors": [{"type": "modbus", "id": "x", "host": "h", "units": [unit]}]}
    )


def test_the_pasted_line_says_the_displays_unit_so_that_the_tag_may_have_another() -> None:
    with device(ODD, unit=3) as port:
        asked = (f"127.0.0.1:{port}", "--unit", 3, "--address", 10, "--value", "3.42", "--in", "bar")
        done = probe(*asked)
    line = done.stdout.splitlines()[-1]
    assert line == "- {tag: TAG, table: holding, address: 10, type: f32, order: CDAB, unit: bar}"


def test_a_scaled_integer_in_the_other_table_beside_the_address_in_another_unit_is_found() -> None:
    registers = at("holding", 0, [7] * 8) | at("input", 0, [11, 1234, 44, 45, 46, 47, 48])
    with device(registers) as port:
        best = readings(f"127.0.0.1:{port}", "--address", 2, "--value", "12.58", "--in", "m")[0]
    assert (best["table"], best["address"], best["type"], best["unit"]) == ("input", 1, "u16", "mbar")
    assert best["power"] == 0


def test_what_ends_in_the_middle_is_read_piece_by_piece() -> None:
    with device(at("holding", 20, [342])) as port:
        best = readings(f"127.0.0.1:{port}", "--address", 20, "--value", "3.42")[0]
    assert (best["address"], best["type"], best["power"]) == (20, "u16", -2)


def test_rtu_framing_through_tcp() -> None:
    with device(ODD, unit=3, framer=FramerType.RTU) as port:
        place = f"127.0.0.1:{port}"
        best = readings(place, "--unit", 3, "--address", 10, "--value", "3.42", "--framing", "rtu")[0]
    assert (best["type"], best["order"]) == ("f32", "CDAB")


def test_a_serial_number_is_read_as_text_in_both_byte_orders() -> None:
    words = [int.from_bytes(pair, "big") for pair in (b"SN", b"-4", b"71", b"\0\0")]
    with device(at("holding", 0, words)) as port:
        done = probe(f"127.0.0.1:{port}", "--address", 0, "--text", 4, "--json")
        beyond = probe(f"127.0.0.1:{port}", "--address", 3, "--text", 4)
    assert json.loads(done.stdout) == {"holding ABCD": "SN-471", "holding BADC": "NS4-17"}
    assert beyond.returncode == 1 and "exception 2" in beyond.stderr


def test_a_serial_line() -> None:
    with on_serial_line(ODD, unit=3) as port:
        asked = ("--serial", port, "--unit", 3, "--address", 10, "--value", "3.42")
        best = readings(*asked, "--parity", "N")[0]
        silent = probe("--serial", port, "--unit", 4, "--address", 10, "--parity", "N", "--timeout", 0.2)
    assert (best["type"], best["order"]) == ("f32", "CDAB")
    assert silent.returncode == 1 and "unit 4 does not answer" in silent.stderr


def test_a_serial_port_that_is_not_there() -> None:
    done = probe("--serial", "/dev/ttyNONE", "--address", 10)
    assert done.returncode == 1 and "is it plugged in" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--unit", 255, "--address", 900), "Is the address 0-based?"),
        (("--unit", 4, "--address", 10), "unit 255 does: say --unit 255"),
    ],
)
def test_why_a_device_gives_nothing_is_said_with_what_to_do(options: tuple[object, ...], said: str) -> None:
    with device(ODD, unit=255) as port:
        done = probe(f"127.0.0.1:{port}", *options, "--timeout", 0.3)
    assert done.returncode == 1
    assert said in done.stderr


def test_a_gateway_whose_unit_is_away_is_told_from_a_wrong_address() -> None:
    with device(ODD, unit=3, gateway=True) as port:
        done = probe(f"127.0.0.1:{port}", "--unit", 7, "--address", 10, "--timeout", 0.5)
    assert done.returncode == 1
    assert "The gateway is there" in done.stderr and "unit 7 answers" not in done.stderr


def test_nobody_listens() -> None:
    done = probe(f"127.0.0.1:{free_port()}", "--address", 10)
    assert done.returncode == 1
    assert "refused" in done.stderr and "is it on" in done.stderr


def test_a_listener_that_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = probe(f"127.0.0.1:{server.getsockname()[1]}", "--address", 10, "--timeout", 0.1)
    assert done.returncode == 1
    assert "does not answer" in done.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--address", 1),
        ("h:99999", "--address", 1),
        ("h", "--address", 1, "--value", "x"),
        ("h", "--address", 1, "--in", "cubits"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_asked(options: tuple[object, ...]) -> None:
    assert probe(*options).returncode == 2
