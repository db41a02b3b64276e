"""The demo's users: one for each role and one for each crew, with passwords made at the first start."""

import csv
import json
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from api.session import create_user
from core.durable_file import PRIVATE, replace_file
from core.model.account import Role
from core.ports.ledger import Ledger
from core.runtime.clock import clock_of
from hub.channels import channels_of
from hub.documents import document
from hub.escalation_file import NAME as ESCALATION
from response.escalation.coverage import tests_of
from response.escalation.proving import meant, prove
from response.escalation.spec import EscalationFile

FILE = "sign-ins.json"
CREW = "crew-1"
"""Whose orders the user `crew` sees; every other crew signs in by its own id."""

SHOWN = (
    Role.KIOSK,
    Role.OPERATOR,
    Role.DUTY_MANAGER,
    Role.QUALITY_OFFICER,
    Role.HOTLINE,
    Role.DISPATCHER,
    Role.CREW,
)
"""The roles a visitor meets first."""


async def prove_ways(config: Path, data: Path, ledger: Ledger) -> None:
    """The demo's phones are folders: each is proven once, as `waterhub notify test all` does."""
    if not (config / ESCALATION).exists() or await tests_of(ledger):
        return
    file = document(config / ESCALATION, EscalationFile)
    channels = channels_of(file, config, data)
    clock = clock_of(data)
    for contact, way in meant(file, "all"):
        await prove(contact, way, channels, ledger, clock)


def crews_of(config: Path) -> list[str]:
    """The ids of the utility's crews, as its table names them."""
    with (config / "crews.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row["id"] for row in csv.DictReader(file)]


async def sign_ins(ledger: Ledger, data: Path, crews: Iterable[str]) -> list[dict[str, str]]:
    """`[{"role", "user", "password", "crew"?}, …]`, kept in the data folder's sign-ins.json (mode 0600): one
    for each role, and one for every further crew. Users are made once; a sign-in whose password was changed
    since keeps the changed one."""
    file = data / FILE
    known: list[dict[str, str]] = json.loads(file.read_text()) if file.exists() else []
    users = {one["user"] for one in known}
    made = [one for one in _wanted(crews) if one["user"] not in users]
    if not made:
        return known
    async with ledger.begin() as tx:
        for one in made:
            await create_user(tx, one["user"], Role(one["role"]), one["password"], crew=one.get("crew"))
    known += made
    replace_file(file, json.dumps(known, indent=2).encode(), PRIVATE)
    return known


def _wanted(crews: Iterable[str]) -> Iterator[dict[str, str]]:
    for role in Role:
        crew = {"crew": CREW} if role is Role.CREW else {}
        yield {"role": role.value, "user": role.value.replace("_", "-"), "password": _password()} | crew
    for id in crews:
        if id != CREW:
            yield {"role": Role.CREW.value, "user": id, "password": _password(), "crew": id}


def _password() -> str:
    return secrets.token_urlsafe(12)
