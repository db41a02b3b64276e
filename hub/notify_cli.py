"""`waterhub notify`: whether the people on call can be reached, and who they are."""

import asyncio
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.model.call import VerifiedWay
    from core.model.message import Delivery
    from hub.check import Configuration
    from response.escalation.spec import Contact, EscalationFile, Way

notify_app = typer.Typer(no_args_is_help=True, help="Whether the people on call can be reached.")
Config = Annotated[Path, typer.Option(help="folder of the plant's configuration")]
Json = Annotated[bool, typer.Option("--json", help="answer as JSON, for scripts")]
FAILED, UNKNOWN = 1, 2


@notify_app.command("test")
def test(
    name: Annotated[str, typer.Argument(help="a way, contact or channel of escalation.yaml, or `all`")],
    config: Config = Path(),
    as_json: Json = False,
) -> None:
    """Send a test message. A way whose provider takes it counts as proven; one that fails no longer does."""
    from hub.cli import fail
    from response.escalation.proving import meant

    configuration, file = _read(config)
    ways = meant(file, name)
    if not ways:
        raise fail(f"no way, contact or channel is called {name!r} in escalation.yaml", UNKNOWN)
    answers = asyncio.run(_test(configuration, file, ways))
    rows = [_row(contact, way, answer) for (contact, way), answer in zip(ways, answers, strict=True)]
    for row in rows:
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
        else:
            print(f"{row['way']:<24} {row['contact']:<20} {row['outcome']}: {row['detail']}")
    if any(row["outcome"] != "delivered" for row in rows):
        raise typer.Exit(FAILED)


@notify_app.command("rota")
def rota(config: Config = Path(), as_json: Json = False) -> None:
    """Who is on call now, and from when on somebody is missing (within 7 days)."""
    from core.model.shanghai import moment
    from response.escalation.coverage import called, gaps
    from response.escalation.rota import on_call

    configuration, file = _read(config)
    now_ns = time.time_ns()
    found = gaps(file, asyncio.run(_tests(configuration)), now_ns)
    for position in called(file):
        on = on_call(position, now_ns)
        missing = [gap for gap in found if gap.position == position.id]
        if as_json:
            told = [{"since": moment(g.since_ns).en, "why": g.why, "contact": g.contact} for g in missing]
            print(json.dumps({"position": position.id, "on_call": on, "gaps": told}))
        else:
            print(f"{position.id}: {', '.join(on) or 'nobody'}")
            for gap in missing:
                print(
                    f"  from {moment(gap.since_ns).en}: {gap.why}" + (f" ({gap.contact})" * bool(gap.contact))
                )
    if found:
        raise typer.Exit(FAILED)


def _read(config: Path) -> "tuple[Configuration, EscalationFile]":
    from hub.cli import WRONG_CONFIGURATION, fail, read_or_explain

    configuration: Configuration = read_or_explain(config)
    if configuration.escalation is None:
        raise fail(f"{config}/escalation.yaml is not there: nobody is called", WRONG_CONFIGURATION)
    return configuration, configuration.escalation


async def _test(
    configuration: "Configuration", file: "EscalationFile", ways: "list[tuple[Contact, Way]]"
) -> "list[Delivery]":
    from core.adapters.sql_ledger.ledger import SqlLedger
    from core.runtime.clock import clock_of
    from hub.channels import channels_of
    from hub.stores import ledger_file
    from response.escalation.proving import prove

    data = configuration.hub.data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    channels = channels_of(file, configuration.folder, data)
    clock = clock_of(data)
    ledger = await SqlLedger.open(ledger_file(data))
    try:
        return [await prove(contact, way, channels, ledger, clock) for contact, way in ways]
    finally:
        await ledger.close()


async def _tests(configuration: "Configuration") -> "dict[str, VerifiedWay]":
    from core.adapters.sql_ledger.ledger import SqlLedger
    from hub.stores import ledger_file
    from response.escalation.coverage import tests_of

    configuration.hub.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    ledger = await SqlLedger.open(ledger_file(configuration.hub.data))
    try:
        return await tests_of(ledger)
    finally:
        await ledger.close()


def _row(contact: "Contact", way: "Way", answer: "Delivery") -> dict[str, str]:
    from core.model.message import Delivered, Retry

    if isinstance(answer, Delivered):
        outcome, detail = "delivered", answer.receipt
    else:
        outcome = "retry" if isinstance(answer, Retry) else "refused"
        detail = f"{answer.reason.value}: {answer.detail}"
    return {
        "way": way.id,
        "contact": contact.id,
        "channel": way.channel,
        "outcome": outcome,
        "detail": detail,
    }
