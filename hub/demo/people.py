"""The demo's users: one for each role, with passwords made at the first start."""

import json
import os
import secrets
from pathlib import Path

from api.session import create_user
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
"""Whose orders the demo's crew member sees."""

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


async def sign_ins(ledger: Ledger, data: Path) -> list[dict[str, str]]:
    """`[{"role", "user", "password"}, …]`, kept in the data folder's sign-ins.json (mode 0600). Users are
    made once; a sign-in whose password was changed since keeps the changed one."""
    file = data / FILE
    if file.exists():
        known: list[dict[str, str]] = json.loads(file.read_text())
        return known
    made = [
        {"role": role.value, "user": role.value.replace("_", "-"), "password": secrets.token_urlsafe(12)}
        for role in Role
    ]
    async with ledger.begin() as tx:
        for one in made:
            crew = CREW if one["role"] == Role.CREW else None
            await create_user(tx, one["user"], Role(one["role"]), one["password"], crew=crew)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        json.dump(made, handle, indent=2)
    return made
