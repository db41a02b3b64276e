"""Users and stores of a real plant, from the command line."""

import secrets
from pathlib import Path

from api.session import create_user
from core.adapters.influx_historian_setup import make_ready, setup
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role, Session, User
from core.model.audit import Acting
from core.runtime.clock import clock_of
from hub.check import Configuration
from hub.keys import PUBLIC, signing_key
from hub.secret_file import secret
from hub.store_config import InfluxStore
from hub.stores import ledger_file


class Refused(Exception):
    """Why nobody was added, in words for the terminal."""


async def add_user(configuration: Configuration, name: str, role: str, crew: str | None = None) -> str:
    """The one-time password of the new user, who must change it at the first sign-in. crew: a must for the
    role crew, and for no other."""
    if role not in {one.value for one in Role}:
        raise Refused(f"there is no role {role!r}; use one of {', '.join(Role)}")
    crews = ", ".join(configuration.plant.crews) or "none yet"
    if (role == Role.CREW) != (crew is not None) or (crew and crew not in configuration.plant.crews):
        raise Refused(f"--crew names one of the plant's crews ({crews}) for the role crew, and for no other")
    configuration.hub.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    ledger = await SqlLedger.open(ledger_file(configuration.hub.data))
    password = secrets.token_urlsafe(12)
    try:
        async with ledger.acting(_acting(configuration, name)).begin() as tx:
            if await tx.get(User, name):
                raise Refused(f"the name {name!r} is taken")
            try:
                await create_user(tx, name, Role(role), password, crew=crew, must_change=True)
            except ValueError as error:
                raise Refused(str(error)) from error
    finally:
        await ledger.close()
    return password


async def remove_user(configuration: Configuration, name: str) -> None:
    """Signed out everywhere; what the person did stands in the records under the name."""
    path = ledger_file(configuration.hub.data)
    if not path.is_file():
        raise Refused(f"there is no user {name!r}")
    ledger = await SqlLedger.open(path)
    try:
        async with ledger.acting(_acting(configuration, name, "user remove")).begin() as tx:
            if await tx.get(User, name) is None:
                raise Refused(f"there is no user {name!r}")
            for session in await tx.find(Session, user=name):
                await tx.delete(Session, session.id)
            await tx.delete(User, name)
    finally:
        await ledger.close()


def _acting(configuration: Configuration, name: str, command: str = "user add") -> Acting:
    now_ns = clock_of(configuration.hub.data).now_ns()
    return Acting(
        who="terminal",
        role="terminal",
        channel="terminal",
        command=command,
        at_ns=now_ns,
        subject={"id": name},
    )


async def migrate(configuration: Configuration) -> list[str]:
    """What was done, a line each."""
    data = configuration.hub.data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    ledger = await SqlLedger.open(ledger_file(data))
    await ledger.close()
    signing_key(data / "keys")
    done = [f"{data}/ledger.db is up to date", f"{data}/keys/{PUBLIC} is what the portal verifies with"]
    for store in (configuration.hub.historian, configuration.hub.tee):
        if isinstance(store, InfluxStore):
            done += await _influx_ready(configuration.folder / store.token_file, store)
    return done


async def _influx_ready(token_file: Path, store: InfluxStore) -> list[str]:
    password_file = token_file.with_name("influx-admin.password")
    password = secret(password_file)
    fresh = await setup(store.url, "waterhub", password, store.org, store.bucket, secret(token_file))
    done = [f"{store.url} " + ("was set up" if fresh else "was set up already")]
    changed = await make_ready(store.url, secret(token_file), store.org, store.bucket, store.keep.days)
    return done + (changed or ["buckets, retention and tasks are as they should be"])
