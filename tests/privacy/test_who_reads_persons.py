"""X-10: who opens personal data for somebody cannot forget the record of it: the ways of reading that leave
none are the hub's own, and the places that use them are these."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("alarms", "api", "collectors", "core", "hub", "public_portal", "response")
UNRECORDED = {"of_accounts", "by_phone", "by_last_four", "opened"}
OWN_WORK = {
    "api/routes/hotline_queue.py": "the last four digits of a ringing number: a customer's on record",
    "hub/imports/customers.py": "what a file changes, told masked at the terminal",
    "hub/imports/ledger_rows.py": "accounts that go take their persons with them",
    "response/delivery/codes.py": "who reported, and where their code goes; what is shown of it is on record",
    "response/delivery/outlook.py": "how many a notice would reach, by channel: numbers",
    "response/delivery/planning.py": "whom a notice reaches, and by which channel",
    "response/delivery/record.py": "which accounts nobody was written to, and why: their ids",
    "response/delivery/sending.py": "where a message goes",
    "response/forgetting.py": "what is too old goes",
    "response/hotline/intake.py": "whose number a call's is: an id",
    "response/hotline/search/finder.py": "which accounts are meant: their ids",
    "response/hotline/telephony.py": "which accounts a call is from: their ids; a call's own number",
}


def unrecorded_reads(file: Path) -> set[str]:
    calls = [node.func for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]
    named = [func for func in calls if isinstance(func, ast.Attribute) and func.attr in UNRECORDED]
    return {func.attr for func in named if "vault" in ast.unparse(func.value).lower()}


def test_persons_are_read_without_a_record_where_nobody_is_shown_them_alone() -> None:
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    reading = {str(file.relative_to(ROOT)) for file in files if unrecorded_reads(file)}
    assert reading == OWN_WORK.keys()


def test_what_is_sealed_is_asked_for_by_the_vault_alone() -> None:
    """Nor is there a way around it: rows of `SealedPerson` are for the vault, its keys and its retention."""
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    asking = {str(f.relative_to(ROOT)) for f in files if "SealedPerson" in f.read_text("utf-8")}
    assert asking == {
        "core/adapters/sealed_vault.py",
        "core/adapters/sql_ledger/persons_carried.py",
        "core/adapters/sql_ledger/tables.py",
        "core/model/person.py",
        "hub/vault_cli.py",
    }
