"""`waterhub import`: all of a file or nothing, in either encoding, with its difference."""

import json
from pathlib import Path

import pytest

from core.model.account import Account
from core.model.person import Person, SealedPerson
from core.model.service import Service
from response.hotline.search.finder import CHANGED
from response.orders.catalogue import services
from tests.imports.utility import Utility
from tests.persons import vault_in


@pytest.fixture
def utility(tmp_path: Path) -> Utility:
    return Utility(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_accounts_come_in_from_either_encoding(utility: Utility, encoding: str) -> None:
    file = utility.file("a.csv", utility.accounts(3), encoding)
    code, told = utility.run("accounts", file)
    assert (code, "3 rows changed" in told) == (0, True), told
    found = utility.find(Account)
    assert found["A000002"].address == "人民路1号"
    assert utility.run("accounts", file)[1].startswith("no difference")
    assert utility.asked(lambda _, tx: tx.cursor(CHANGED)) == 1, "the directory of addresses is made anew"


def test_a_dry_run_tells_the_difference_and_changes_nothing(utility: Utility) -> None:
    utility.run("accounts", utility.file("a.csv", utility.accounts(3)))
    rows = utility.accounts(4)[1:]
    rows[0]["address"] = "人民路2号"
    file = utility.file("b.csv", rows)
    code, told = utility.run("accounts", file, "--dry-run")
    assert code == 0
    assert "A000002: address: 人民路1号 -> 人民路2号" in told and "+ A000004: new" in told
    assert "1 that the file does not have stay" in told and "nothing was changed" in told
    assert set(utility.find(Account)) == {"A000001", "A000002", "A000003"}
    code, told = utility.run("accounts", file, "--replace", "--remove", "1", "--json")
    assert json.loads(told)["done"] and "A000001" not in utility.find(Account)


def test_one_wrong_row_and_nothing_is_changed(utility: Utility) -> None:
    rows = utility.accounts(6)
    rows[1]["zone"] = "dma-99"
    rows[2]["meter"] = "M000001"
    rows[3]["id"] = "A000001"
    rows[4]["storey"] = "third"
    code, told = utility.run("accounts", utility.file("a.csv", rows))
    assert code == 2
    for said in (
        "a.csv:3: the zone 'dma-99'",
        "a.csv:4: the meter 'M000001'",
        "a.csv:5: the id 'A000001'",
        "a.csv:6: `storey`",
    ):
        assert said in told, told
    assert utility.find(Account) == {}


@pytest.mark.parametrize("spoil", ["gbk_as_latin", "utf8_as_gbk", "mixed", "lost"])
def test_mojibake_is_refused_with_its_row(utility: Utility, spoil: str) -> None:
    """X-03."""
    rows = utility.accounts(4)
    good = "中山路12号"
    rows[2]["address"] = {
        "gbk_as_latin": good.encode("gb18030").decode("latin-1"),
        "utf8_as_gbk": good.encode().decode("gb18030", "ignore"),
        "mixed": "MIXED",
        "lost": "中山\ufffd12号",
    }[spoil]
    file = utility.file("a.csv", rows, "gb18030" if spoil == "mixed" else "utf-8")
    if spoil == "mixed":
        file.write_bytes(file.read_bytes().replace(b"MIXED", good.encode()))
    code, told = utility.run("accounts", file)
    assert code == 2 and "a.csv:4: " in told and "mojibake" in told.partition("a.csv:4: ")[2], told
    assert told.count("a.csv:") == 1 and utility.find(Account) == {}


def test_what_is_no_text_and_a_column_that_is_misspelled_are_told(utility: Utility) -> None:
    file = utility.file("a.csv", utility.accounts(1), "utf-16")
    assert "UTF-16" in utility.run("accounts", file)[1]
    rows = [{("adress" if k == "address" else k): v for k, v in utility.accounts(1)[0].items()}]
    assert "did you mean `address`" in utility.run("accounts", utility.file("b.csv", rows))[1]
    file.write_bytes(b"id,address\nA1,\xff\xff\xff\nA2,ok\nA3,\x81\x20\n")
    told = utility.run("accounts", file)[1]
    assert "a.csv:2: it is neither" in told and "a.csv:4: it is neither" in told and "a.csv:3" not in told


CANARY = {
    "name": "金丝雀",
    "phone": "138-0013-8000",
    "email": "canary@customers.example",
    "wechat": "canary-openid",
}


def test_customers_are_sealed_and_the_difference_names_nobody(utility: Utility) -> None:
    utility.run("accounts", utility.file("a.csv", utility.accounts(2)))
    row = {"id": "P1", "account": "A000001", **CANARY, "language": "zh", "at_night": "1"}
    second = row | {"account": "A000002"}
    code, told = utility.run("customers", utility.file("c.csv", [row, second], "gb18030"))
    assert (code, "+ P1:A000001: new" in told) == (0, True), told
    code, changed = utility.run("customers", utility.file("d.csv", [row | {"phone": "138-0099-8000"}]))
    assert code == 0 and "P1:A000001: phone: 138****8000 -> 138****8000 (another)" in changed
    assert "1 rows changed" not in changed and "1 row changed" in changed
    wrong = [row | {"account": "A999999"}, row | {"language": "fr"}, row | {"phone": "canary-number"}]
    for bad in wrong:
        code, refused = utility.run("customers", utility.file("e.csv", [bad]))
        assert code == 2
        told += refused
    for canary in (*CANARY.values(), "13800138000", "canary-number"):
        assert canary not in told + changed
    vault = vault_in(utility.data)
    (found,) = utility.asked(lambda _, tx: vault.by_phone(tx, "13800998000"))
    assert found == Person(**{**row, "phone": "138-0099-8000", "at_night": True})
    (*_, first) = utility.asked(lambda ledger, _: ledger.audit_before(None, 100))
    assert "import accounts" in first.body and utility.asked(lambda ledger, _: ledger.verify_audit()) == 3
    content = b"".join(file.read_bytes() for file in utility.data.glob("ledger.db*"))
    assert not [one for one in CANARY.values() if one.encode() in content]


def test_persons_whom_the_file_no_longer_has_go_only_when_asked(utility: Utility) -> None:
    utility.run("accounts", utility.file("a.csv", utility.accounts(2)))
    rows = [{"id": f"P{n}", "account": "A000001", "phone": f"1380013800{n}"} for n in (1, 2)]
    utility.run("customers", utility.file("c.csv", rows))
    one = utility.file("d.csv", rows[:1])
    assert "1 that the file does not have stay" in utility.run("customers", one)[1]
    assert "- P2:A000001: gone" in utility.run("customers", one, "--replace", "--remove", "1")[1]
    vault = vault_in(utility.data)
    found = utility.asked(lambda _, tx: vault.of_accounts(tx, ["A000001"]))
    assert [person.id for person in found["A000001"]] == ["P1"]
    utility.run("accounts", utility.file("e.csv", utility.accounts(2)[1:]), "--replace", "--remove", "1")
    assert utility.find(SealedPerson) == {}, "who has no account any more is nobody's customer"


def test_meters_are_exchanged_and_each_stays_one_account_s(utility: Utility) -> None:
    utility.run("accounts", utility.file("a.csv", utility.accounts(3)))
    swap = [{"account": "A000001", "meter": "M000002"}, {"account": "A000002", "meter": "M000001"}]
    code, told = utility.run("meters", utility.file("m.csv", swap))
    assert (code, "A000001: meter: M000001 -> M000002" in told) == (0, True), told
    code, told = utility.run("meters", utility.file("n.csv", [{"account": "A000001", "meter": "M000003"}]))
    assert code == 2 and "M000003" in told
    assert (utility.find(Account))["A000001"].meter == "M000002"


def test_crews_and_the_calendar_are_the_configuration_s_own_files(utility: Utility) -> None:
    crew = [{"id": "crew-9", "name_zh": "抢修九班", "name_en": "Repair crew 9", "zone": "dma-01"}]
    code, told = utility.run("crews", utility.file("c.csv", crew, "gb18030"))
    assert (code, "+ crew-9: new" in told) == (0, True), told
    text = (utility.config / "crews.csv").read_text(encoding="utf-8")
    assert "抢修九班" in text and "crew-1" in text
    assert (
        "zone 'x' does not exist" in utility.run("crews", utility.file("d.csv", [crew[0] | {"zone": "x"}]))[1]
    )
    before = (utility.config / "calendar.csv").read_text(encoding="utf-8")
    days = [
        {"date": "2031-01-01", "kind": "off", "name_zh": "元旦", "name_en": "New Year", "source": "待公布"}
    ]
    code, told = utility.run("calendar", utility.file("k.csv", days), "--dry-run")
    assert code == 0 and (utility.config / "calendar.csv").read_text(encoding="utf-8") == before
    assert utility.run("calendar", utility.file("k.csv", days), "--replace")[0] == 0
    after = (utility.config / "calendar.csv").read_text(encoding="utf-8")
    assert "2031-01-01" in after and "2026-01-01" in after, "other years stay"
    worked = [days[0] | {"date": "2031-01-02", "kind": "work"}]
    assert "is no weekend" in utility.run("calendar", utility.file("l.csv", worked))[1]


def test_the_catalogue_keeps_forms_and_what_is_gone_is_no_longer_offered(utility: Utility) -> None:
    heads = ("id", "name_zh", "name_en", "kind", "priority", "evidence")
    burst = dict(zip(heads, ("burst", "爆管", "Burst", "burst", "1", "telemetry photo"), strict=True))
    rows = [burst, dict(zip(heads, ("sewer", "污水", "Sewer", "other", "4", ""), strict=True))]
    file = utility.file("s.csv", rows)
    _, refused = utility.run("catalogue", file, "--replace")
    gone = refused.split("--remove ")[1].split()[0]
    code, told = utility.run("catalogue", file, "--replace", "--remove", gone)
    assert (code, "+ sewer: new" in told, "burst: priority: 2 -> 1" in told) == (0, True, True), told
    found = utility.asked(lambda _, tx: services(tx))
    assert found["burst"].form and [one.value for one in found["burst"].evidence] == ["telemetry", "photo"]
    assert not found["leak"].active and found["sewer"].active
    assert set(utility.find(Service)) >= {"burst", "sewer", "leak"}
    bad = [rows[0] | {"priority": "9", "name_en": ""}]
    told = utility.run("catalogue", utility.file("t.csv", bad))[1]
    assert "use 1 to 4" in told and "both languages" in told
