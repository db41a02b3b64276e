"""The customers' file: persons as a billing system exports them. Read, sealed, and not kept by the hub."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from core.model.person import Person
from core.model.text import nfc

TEXTS = ("id", "account", "name", "phone", "email", "wechat")
_OLD = {"label", "tel"}
"""Name and phone as accounts.csv called them, where it still has them."""


def read_persons(file: Path) -> list[Person]:
    """Of customers.csv, or of an accounts.csv that says who they are too; none of one that does not. Raises
    ValueError naming the line, and nobody."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return list(_persons(csv.DictReader(map(nfc, handle)), file))


def _persons(rows: "csv.DictReader[str]", file: Path) -> Iterator[Person]:
    heads = set(rows.fieldnames or ())
    if "account" in heads:
        for row in rows:
            yield _person(row, f"{file}:{rows.line_num}")
    elif heads & _OLD:
        for row in rows:
            name, phone = row.get("label") or "", row.get("tel") or ""
            if name or phone:
                yield Person(id=f"P-{row['id']}", account=row["id"], name=name, phone=phone)


def _person(row: Mapping[str, str | None], where: str) -> Person:
    id, account, name, phone, email, wechat = ((row.get(head) or "").strip() for head in TEXTS)
    if not id or not account:
        raise ValueError(f"{where}: a person needs an id and an account")
    language = row.get("language") or "zh"
    if language not in ("zh", "en"):
        raise ValueError(f"{where}: the language is zh or en")
    return Person(
        id=id,
        account=account,
        name=name,
        phone=phone,
        email=email,
        wechat=wechat,
        language=language,
        at_night=row.get("at_night") == "1",
        large_type=row.get("large_type") == "1",
    )
