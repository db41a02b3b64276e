"""Who is behind the accounts: labels instead of names, phones that cannot exist, mail that goes nowhere.

Numbers that begin with 100 are no mobile numbers in China (the ranges begin with 13 to 19), 用户000123 is
nobody, and `.example` is no domain (RFC 2606).
"""

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

from core.durable_file import adopt
from core.model.person import Person

CUSTOMERS = "customers.csv"
ENGLISH, AT_NIGHT, LARGE_TYPE, MAIL, WECHAT = 31, 19, 29, 3, 2
"""Every how manieth customer is so."""
OWNS_THE_NEXT, SHARES = 97, 53
"""Every how manieth account is also of the customer before, and has a second person."""


def write_customers(file: Path, accounts: Sequence[str]) -> None:
    """Readable by its owner alone, as a billing system's export should be."""
    fresh = file.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(Person.__dataclass_fields__)
        of = attrgetter(*Person.__dataclass_fields__)
        for person in customers(accounts):
            writer.writerow(map(as_csv, of(person)))
    adopt(fresh, file)


def as_csv(value: object) -> object:
    """Flags are 0 and 1."""
    return int(value) if isinstance(value, bool) else value


def customers(accounts: Sequence[str]) -> Iterator[Person]:
    """By account. Numbered from 1 by account; second persons go on from there."""
    second = len(accounts)
    for k, account in enumerate(accounts):
        number = k if k and k % OWNS_THE_NEXT == 0 else k + 1
        yield replace(_customer(number), account=account)
        if (k + 1) % SHARES == 0:
            second += 1
            yield replace(_customer(second), account=account)


def _customer(number: int) -> Person:
    return Person(
        id=f"P{number:06d}",
        account="",
        name=f"用户{number:06d}",
        phone=f"100-{number // 10_000:04d}-{number % 10_000:04d}",
        email=f"user{number:06d}@customers.example" if number % MAIL == 0 else "",
        wechat=f"demo-openid-{number:06d}" if number % WECHAT == 0 else "",
        language="en" if number % ENGLISH == 0 else "zh",
        at_night=number % AT_NIGHT == 0,
        large_type=number % LARGE_TYPE == 0,
    )
