"""Twenty thousand customers that are nobody, each where the network can reach them."""

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from core.adapters.epanet_hydraulics import EpanetHydraulics
from core.model.account import Segment
from simulators.accounts import ACCOUNTS, SMART, uses_m3h, write_accounts

CONFIG = Path("configs/demo")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("utility") / "accounts.csv"
    assert write_accounts(CONFIG, file, 1) == ACCOUNTS
    return file


@pytest.fixture(scope="module")
def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_each_account_meter_and_address_is_one_of_its_kind(rows: list[dict[str, str]]) -> None:
    assert len(rows) == ACCOUNTS
    for column in ("id", "meter", "address"):
        assert len({row[column] for row in rows}) == ACCOUNTS, column
    assert sum(row["smart"] == "1" for row in rows) == SMART


def test_nobody_can_be_called_or_recognised(file: Path, rows: list[dict[str, str]]) -> None:
    assert not {"tel", "phone", "label", "name"} & set(rows[0]), "accounts are premises, not people"
    customers = file.with_name("customers.csv")
    assert customers.stat().st_mode & 0o077 == 0
    with customers.open(encoding="utf-8", newline="") as stream:
        persons = list(csv.DictReader(stream))
    assert {person["account"] for person in persons} == {row["id"] for row in rows}
    assert all(person["phone"].startswith("100-") for person in persons)
    assert all(person["name"] == f"用户{person['id'][1:]}" for person in persons)
    assert all(person["email"].endswith(".example") for person in persons if person["email"])


def test_some_share_an_account_and_some_have_several(file: Path) -> None:
    with file.with_name("customers.csv").open(encoding="utf-8", newline="") as stream:
        persons = list(csv.DictReader(stream))
    assert max(Counter(person["id"] for person in persons).values()) > 1
    assert max(Counter(person["account"] for person in persons).values()) > 1
    for flag in ("at_night", "large_type"):
        assert 0.01 < sum(person[flag] == "1" for person in persons) / len(persons) < 0.2


def test_every_segment_is_there_and_most_are_general(rows: list[dict[str, str]]) -> None:
    count = Counter(row["segment"] for row in rows)
    assert set(count) == {segment.value for segment in Segment}
    assert count["general"] > 0.95 * ACCOUNTS


def test_only_storeys_the_main_cannot_reach_are_behind_pumps(rows: list[dict[str, str]]) -> None:
    behind = [row for row in rows if row["secondary_supply"] == "1"]
    assert 0.05 < len(behind) / ACCOUNTS < 0.6
    assert min(int(row["storey"]) for row in behind) > 6


def test_an_account_is_in_the_zone_of_its_junction_and_on_a_street_of_it(rows: list[dict[str, str]]) -> None:
    water = EpanetHydraulics.open(CONFIG / "network.inp")
    network = water.network
    water.close()
    for row in rows[::37]:
        assert network.nodes[row["node"]].zone == row["zone"]
        assert row["street"] in {link.street for link in network.links_at[row["node"]]}


def test_the_accounts_of_a_junction_draw_what_it_uses(rows: list[dict[str, str]]) -> None:
    water = EpanetHydraulics.open(CONFIG / "network.inp")
    demand = dict(zip(water.nodes, water.base_demand_m3h.tolist(), strict=True))
    water.close()
    nodes = [row["node"] for row in rows]
    uses = uses_m3h(nodes, [row["segment"] for row in rows], demand)
    assert uses.sum() == pytest.approx(sum(demand[node] for node in set(nodes)))
    assert 0.005 < np.median(uses) < 0.2


def test_the_same_seed_writes_the_same_file_and_never_over_one(file: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again.csv", tmp_path / "other.csv"
    write_accounts(CONFIG, again, 1)
    write_accounts(CONFIG, other, 2)
    assert again.read_bytes() == file.read_bytes() != other.read_bytes()
    assert write_accounts(CONFIG, again, 2) == 0
