"""The `waterhub` command. A command imports what it needs, so that --help answers at once."""

import asyncio
import contextlib
import gc
import json
import signal
import sys
from collections.abc import Callable, Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

WRONG_CONFIGURATION = 2
REFUSED = 3

app = typer.Typer(
    name="waterhub",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode="markdown",
    help="""Water Hub: monitoring for drinking-water utilities, from the register to the citizen.

    **Begin** with `waterhub demo`. **A real plant**: write a folder like configs/demo, `waterhub check` it,
    `waterhub migrate` and `waterhub user add` once, then `waterhub run`.

    Exit codes: 0 done, 1 failed, 2 wrong configuration or usage, 3 refused.""",
)
user_app = typer.Typer(no_args_is_help=True, help="People who may sign in.")
app.add_typer(user_app, name="user")

Config = Annotated[Path, typer.Argument(help="folder of the plant's configuration", metavar="CONFIG")]
Json = Annotated[bool, typer.Option("--json", help="answer as JSON, for scripts")]


class RunRole(StrEnum):
    HUB = "hub"
    PORTAL = "portal"


async def until_told(work: Coroutine[Any, Any, None]) -> None:
    """Runs `work` until it ends or SIGTERM or SIGINT comes; then it is cancelled and waited for."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def main() -> None:
    whole()()


def whole() -> typer.Typer:
    """The command line with all that other modules bring to it; made once a process."""
    from hub.alarms_cli import alarms_app
    from hub.audit_cli import audit_app
    from hub.auditor_cli import auditor
    from hub.demo_cli import demo
    from hub.devices_cli import devices
    from hub.export_cli import export
    from hub.import_cli import import_
    from hub.ledger_cli import ledger_app
    from hub.notices_cli import notices_app
    from hub.notify_cli import notify_app
    from hub.opcua_cli import opcua_app
    from hub.plan_cli import plan
    from hub.probe_cli import probe
    from hub.quarantine_cli import quarantine_app
    from hub.report_cli import report_app
    from hub.sim_cli import sim_app
    from hub.tail_cli import tail
    from hub.vault_cli import vault_app

    app.command()(demo)
    app.command()(auditor)
    app.command()(devices)
    app.command()(export)
    app.command("import")(import_)
    app.command()(plan)
    app.command()(probe)
    app.command()(tail)
    app.add_typer(alarms_app, name="alarms")
    app.add_typer(audit_app, name="audit")
    app.add_typer(ledger_app, name="ledger")
    app.add_typer(notices_app, name="notices")
    app.add_typer(notify_app, name="notify")
    app.add_typer(opcua_app, name="opcua")
    app.add_typer(quarantine_app, name="quarantine")
    app.add_typer(report_app, name="report")
    app.add_typer(sim_app, name="sim")
    app.add_typer(vault_app, name="vault")
    return app


def fail(message: str, code: int = 1) -> typer.Exit:
    print(message, file=sys.stderr)
    return typer.Exit(code)


def on_loop(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs `work` on uvloop; Ctrl-C ends it quietly."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())


@app.command()
def run(
    config: Config,
    role: Annotated[
        RunRole, typer.Option(help="hub: all inside the utility; portal: the citizens' server")
    ] = RunRole.HUB,
    phones: Annotated[
        Path | None, typer.Option(hidden=True, help="door.json of `demo --lan`: a second door")
    ] = None,
) -> None:
    """Run a plant's hub, or (`--role portal`) its citizens' server, until SIGTERM."""
    from core.runtime.memory import few_heaps

    few_heaps()
    gc.disable()  # what is read now stays; `run_hub` turns it on again
    configuration = read_or_explain(config)
    if role is RunRole.PORTAL:
        gc.enable()
        from hub.keys import PUBLIC
        from hub.portal import serve
        from public_portal.seen import SeenDamaged

        folder, door = configuration.hub.data, configuration.hub.portal
        tls = (door.tls_cert, door.tls_key)
        where, state = (door.bind, door.port), folder / "portal"
        try:
            more = {"state": state, "frame_ancestors": door.frame_ancestors}
            serve(folder / "public", folder / "keys" / PUBLIC, *where, *tls, door.proxies, **more)
        except SeenDamaged as damaged:
            raise fail(str(damaged), REFUSED) from damaged
        return
    from hub.compose import run_hub
    from hub.opening import opening

    try:
        at = opening(phones) if phones else None
        on_loop(lambda: until_told(run_hub(configuration, at)))
    except BlockingIOError as taken:
        raise fail(f"{taken}: one hub a data folder", REFUSED) from taken


@app.command()
def check(config: Config, as_json: Json = False) -> None:
    """Say everything that is wrong with a configuration, each with file, line and mend.

    Exit code 0 where nothing stops a hub, with files absent and warnings too; 2 where something is wrong.

    Where the hub's ledger can be read, also open orders and people of crews that are none, and service times
    of kinds that its catalogue (without a ledger the default's) does not have. Keys, certificates and
    passwords that it names and that are not there (yet) are told as `absent`; what a hub would do but nobody
    may mean, as `warning`."""
    configuration = read_or_explain(config, as_json)
    from hub.ledger_check import wrong_by_ledger
    from hub.problems import WrongConfiguration
    from hub.runnable import tell

    if wrong := asyncio.run(wrong_by_ledger(configuration)):
        raise explained(WrongConfiguration(wrong), as_json)
    tell(configuration, config, as_json=as_json)


def read_or_explain(config: Path, as_json: bool = False) -> Any:
    """A `hub.check.Configuration`, or every problem on the terminal and exit code 2."""
    from hub.check import read
    from hub.problems import WrongConfiguration

    try:
        return read(config)
    except WrongConfiguration as wrong:
        raise explained(wrong, as_json) from wrong


def explained(wrong: Any, as_json: bool = False) -> typer.Exit:
    """Every problem of a `WrongConfiguration` on the terminal, and exit code 2 to raise."""
    if as_json:
        problems = [problem.as_json() for problem in wrong.problems]
        print(json.dumps({"ok": False, "problems": problems}, ensure_ascii=False))
        return typer.Exit(WRONG_CONFIGURATION)
    count = len(wrong.problems)
    return fail(f"{wrong}\n\n{count} problem{'s' * (count != 1)}", WRONG_CONFIGURATION)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a configuration folder's files (kept in configs/schema.json)."""
    from hub.schema import schema_text

    sys.stdout.write(schema_text())


@app.command()
def replay(
    config: Config,
    samples: Annotated[
        Path | None, typer.Option(help="a sample file (.npz, .csv, .csv.gz, .parquet)")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="folder of the files that replay.yaml names")] = None,
    speed: Annotated[str, typer.Option(help="max, or how many times as fast as it happened")] = "max",
    findings: Annotated[
        Path | None, typer.Option(help="write findings here as JSON lines, not to the terminal")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run recorded samples through the same alarm engine and write what it finds, a JSON line each."""
    from hub.problems import WrongConfiguration
    from hub.replay import replay as run_replay

    try:
        summary = run_replay(config, samples, data, None if speed == "max" else float(speed), findings)
    except WrongConfiguration as wrong:
        raise fail(str(wrong), WRONG_CONFIGURATION) from wrong
    except (OSError, ValueError) as error:
        raise fail(str(error), WRONG_CONFIGURATION) from error
    words = "{samples} samples in {seconds:.1f} s ({rate:,.0f} samples/s), {findings} findings"
    print(json.dumps(summary) if as_json else words.format(**summary), file=sys.stderr)


@user_app.command("add")
def user_add(
    name: Annotated[str, typer.Argument(help="the sign-in name")],
    role: Annotated[
        str, typer.Option(help="viewer, kiosk, operator, dispatcher, crew, hotline, duty_manager, …")
    ],
    crew: Annotated[str | None, typer.Option(help="of the role crew: whose orders are theirs")] = None,
    config: Annotated[Path, typer.Option(help="folder of the plant's configuration")] = Path(),
    as_json: Json = False,
) -> None:
    """Add someone who may sign in; prints a one-time password, once."""
    from hub.people import Refused, add_user

    configuration = read_or_explain(config)
    try:
        password = asyncio.run(add_user(configuration, name, role, crew))
    except Refused as refused:
        raise fail(str(refused), REFUSED) from refused
    print(json.dumps({"user": name, "role": role, "password": password}) if as_json else password)


@user_app.command("remove")
def user_remove(
    name: Annotated[str, typer.Argument(help="the sign-in name")],
    config: Annotated[Path, typer.Option(help="folder of the plant's configuration")] = Path(),
) -> None:
    """Take away that someone may sign in, at once; what they did stands in the records."""
    from hub.people import Refused, remove_user

    try:
        asyncio.run(remove_user(read_or_explain(config), name))
    except Refused as refused:
        raise fail(str(refused), REFUSED) from refused


@app.command()
def migrate(config: Config) -> None:
    """Bring the stores up to date: the ledger's schema; InfluxDB's buckets, retention and roll-up tasks.

    Run again it changes nothing, and says so."""
    from core.ports.historian import HistorianUnavailable
    from hub.people import migrate as bring_up_to_date

    configuration = read_or_explain(config)
    try:
        for line in asyncio.run(bring_up_to_date(configuration)):
            print(line)
    except HistorianUnavailable as error:
        raise fail(str(error)) from error
