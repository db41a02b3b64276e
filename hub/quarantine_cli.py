"""`waterhub quarantine`: what was refused and why, and how it comes back."""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from core.ports.quarantine import Kept, Quarantine
    from hub.check import Configuration

quarantine_app = typer.Typer(
    no_args_is_help=True, help="What was refused, kept whole with its reason: look, replay, discard."
)
Config = Annotated[Path, typer.Argument(help="folder of the plant's configuration", metavar="CONFIG")]
Ids = Annotated[list[int] | None, typer.Argument(help="numbers of refusals, as `list` tells them")]
Source = Annotated[str | None, typer.Option(help="only of this source (mqtt:meters)")]
Reason = Annotated[str | None, typer.Option(help="only for this reason (unknown_meter)")]
Json = Annotated[bool, typer.Option("--json", help="answer as JSON, for scripts")]
ALL = 100_000
ANSWER_S = 20.0
T = TypeVar("T")


@quarantine_app.command("list")
def list_(
    config: Config,
    source: Source = None,
    reason: Reason = None,
    limit: Annotated[int, typer.Option(min=1, max=ALL, help="at most so many, the newest first")] = 20,
    before: Annotated[int, typer.Option(help="only numbers below this one: the next page")] = 0,
    as_json: Json = False,
) -> None:
    """Counts by source and reason, and the newest refusals."""

    async def ask(quarantine: "Quarantine") -> None:
        facts = await quarantine.facts()
        found = await quarantine.newest(limit, source=source, reason=reason, before=before)
        if as_json:
            counts = [
                {"source": s, "reason": r, "refusals": n, "samples": facts.samples[s, r]}
                for (s, r), n in sorted(facts.counts.items())
            ]
            head = {"kept": facts.kept, "waiting": facts.waiting, "dropped": facts.dropped}
            print(
                json.dumps({**head, "counts": counts, "items": [_row(k) for k in found]}, ensure_ascii=False)
            )
            return
        for (s, r), n in sorted(facts.counts.items(), key=lambda item: -item[1]):
            if source in (None, s) and reason in (None, r):
                print(f"{n:>8} {r:<20} {s}  ({facts.samples[s, r]} samples)")
        print(f"{facts.kept} kept, {facts.waiting} not replayed, {facts.dropped} gone for room\n")
        if not found:
            print("nothing of this source and reason" if source or reason else "nothing is in quarantine")
        for kept in found:
            row = _row(kept)
            detail = ("(replayed) " if row["replayed"] else "") + row["detail"][:100]
            print(f"{row['id']:>8} {row['at']} {row['reason']:<20} {row['source']}  {detail}")

    _with(config, ask)


@quarantine_app.command()
def show(config: Config, id: Annotated[int, typer.Argument(help="a refusal's number")]) -> None:
    """One refusal, whole, as JSON: a message's topic and payload, or a batch's samples."""

    async def ask(quarantine: "Quarantine") -> None:
        for kept in await quarantine.get([id]):
            print(json.dumps(_row(kept) | {"content": _content(kept)}, ensure_ascii=False, indent=2))
            return
        raise _refused(f"there is no refusal {id}")

    _with(config, ask)


@quarantine_app.command()
def replay(
    config: Config,
    ids: Ids = None,
    source: Source = None,
    reason: Reason = None,
    received_time: Annotated[
        bool, typer.Option("--received-time", help="stamp samples with when they were received")
    ] = False,
    as_json: Json = False,
) -> None:
    """Offer refusals again, read by the configuration as it is now: by number, source or reason.

    They come in as late data: stored, marked as replayed, and never the cause of an alarm. A hub that runs
    takes them within seconds; for one that is stopped they are put into its spool here.
    """
    from hub.cli import WRONG_CONFIGURATION, fail

    if not (ids or source or reason):
        raise fail("say which: numbers, --source or --reason", WRONG_CONFIGURATION)

    async def offer(quarantine: "Quarantine", configuration: "Configuration") -> dict[str, Any]:
        from hub.requeue import FOLDER, CannotReplay, Reader, leave, waiting

        found = await _chosen(quarantine, ids, source, reason)
        reader = Reader(configuration, time.time_ns(), received_time)
        folder = configuration.hub.data / FOLDER
        still: dict[int, str] = {}
        samples = 0
        for kept in found:
            try:
                batch = reader.batch(kept)
            except CannotReplay as why:
                still[kept.id] = str(why)
                continue
            leave(folder, kept.id, batch)
            samples += len(batch)
        await _drained(configuration, quarantine, folder)
        left = len(waiting(folder))
        return {"offered": len(found) - len(still), "samples": samples, "waiting": left, "refused": still}

    told = _with_configuration(config, offer)
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        for id, why in told["refused"].items():
            print(f"{id:>8} {why}")
        print(f"{told['offered']} offered again ({told['samples']} samples), {len(told['refused'])} refused")
        if told["waiting"]:
            print(f"{told['waiting']} wait for the hub to take them (is its spool full?)")
    if told["refused"]:
        raise typer.Exit(1)


@quarantine_app.command()
def discard(
    config: Config,
    ids: Ids = None,
    source: Source = None,
    reason: Reason = None,
    yes: Annotated[bool, typer.Option("--yes", help="without being asked")] = False,
) -> None:
    """Forget refusals for good: by number, source or reason. Their counts stay."""
    from hub.cli import WRONG_CONFIGURATION, fail

    if not (ids or source or reason):
        raise fail("say which: numbers, --source or --reason", WRONG_CONFIGURATION)

    async def ask(quarantine: "Quarantine") -> None:
        found = await _chosen(quarantine, ids, source, reason, replayed=True)
        if not yes:
            typer.confirm(f"discard {len(found)} refusals for good?", abort=True)
        print(f"{await quarantine.discard([kept.id for kept in found])} discarded")

    _with(config, ask)


async def _chosen(
    quarantine: "Quarantine",
    ids: Sequence[int] | None,
    source: str | None,
    reason: str | None,
    replayed: bool = False,
) -> list["Kept"]:
    """Oldest first, so that they come back in the order in which they came."""
    if ids:
        return await quarantine.get(ids)
    found = await quarantine.newest(ALL, source=source, reason=reason)
    return [kept for kept in reversed(found) if replayed or kept.replayed_ns is None]


async def _drained(configuration: "Configuration", quarantine: "Quarantine", folder: Path) -> None:
    """A running hub empties the folder by itself; otherwise it is done here."""
    from hub.requeue import Requeue, waiting
    from hub.stores import open_spool

    until = time.monotonic() + ANSWER_S
    while waiting(folder) and time.monotonic() < until:
        try:
            spool = await open_spool(configuration)
        except BlockingIOError:
            await asyncio.sleep(0.2)
            continue
        try:
            await Requeue(folder, spool, quarantine, time.time_ns).once()
        finally:
            await spool.close()
        return


def _with(config: Path, ask: Callable[["Quarantine"], Coroutine[Any, Any, T]]) -> T:
    return _with_configuration(config, lambda quarantine, _: ask(quarantine))


def _with_configuration(
    config: Path, ask: Callable[["Quarantine", "Configuration"], Coroutine[Any, Any, T]]
) -> T:
    from core.adapters.sqlite_quarantine import SqliteQuarantine
    from hub.cli import read_or_explain
    from hub.stores import QUARANTINE

    configuration = read_or_explain(config)
    path = configuration.hub.data / QUARANTINE
    if not path.exists():
        raise _refused(f"{path} is not there: the hub has never run with this folder")

    async def run() -> T:
        quarantine = await SqliteQuarantine.open(path)
        try:
            return await ask(quarantine, configuration)
        finally:
            await quarantine.close()

    return asyncio.run(run())


def _refused(message: str) -> typer.Exit:
    from hub.cli import REFUSED, fail

    return fail(message, REFUSED)


def _row(kept: "Kept") -> dict[str, Any]:
    refusal = kept.refusal
    replayed = None if kept.replayed_ns is None else _utc(kept.replayed_ns)
    return {
        "id": kept.id,
        "at": _utc(refusal.at_ns),
        "source": refusal.source,
        "reason": refusal.reason,
        "detail": refusal.detail,
        "samples": refusal.samples,
        "replayed": replayed,
    }


def _content(kept: "Kept") -> Any:
    from core.model.sample import Batch, CorruptBatch

    content = kept.refusal.content
    try:
        samples = Batch.decode(content).samples()
        return [s._asdict() | {"v": None if s.v is None else repr(s.v)} for s in samples]
    except CorruptBatch:
        text = content.decode(errors="backslashreplace")
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _utc(t_ns: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(t_ns // 10**9, UTC).isoformat().replace("+00:00", "Z")
