"""Quarantined data on its way back: read anew, left in a folder that the hub empties into its spool.

A file is one batch under the number of its refusal, so that a hub that runs and one that is stopped are
served alike, and a file taken twice is stored once.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from collectors.mqtt.spec import MqttSpec
from core.durable_file import replace_file
from core.model.sample import Batch, CorruptBatch, Flag
from core.ports.quarantine import Kept, Quarantine
from core.ports.spool import Sink, SpoolFull
from core.runtime.logs import log
from hub.check import Configuration

FOLDER = "replay"
SUFFIX = ".batch"
LOOK_S = 1.0
_AHEAD_NS = 5 * 60 * 10**9


class CannotReplay(ValueError):
    """Says why, and what to mend first."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a refusal by the configuration as it is now. received: stamps with a wrong clock are replaced by
    the time of receipt."""

    configuration: Configuration
    now_ns: int
    received: bool = False

    def batch(self, kept: Kept) -> Batch:
        """Raises CannotReplay."""
        refusal = kept.refusal
        try:
            batch = Batch.decode(refusal.content)
        except CorruptBatch:
            batch = self._message(kept)
        if refusal.reason == "not_finite":
            raise CannotReplay("its values are no numbers: nothing can store them; discard it")
        late = np.uint8(Flag.REPLAYED | Flag.BACKFILL)
        if self.received:
            suspect = np.uint8(Flag.SUBSTITUTED_TIME | Flag.CLOCK_SUSPECT)
            return replace(batch, t_ns=batch.r_ns, flags=batch.flags | late | suspect)
        if (batch.t_ns > self.now_ns + _AHEAD_NS).any():
            raise CannotReplay("it is stamped in the future: replay it with --received-time, or discard it")
        return replace(batch, flags=batch.flags | late)

    def _message(self, kept: Kept) -> Batch:
        from collectors.mqtt.refusal import Refused  # noqa: PLC0415  (only a plant with meters needs it)
        from collectors.mqtt.replay import Replay  # noqa: PLC0415

        source = kept.refusal.source
        specs = (spec for spec in self.configuration.collectors if isinstance(spec, MqttSpec))
        spec = next((spec for spec in specs if f"mqtt:{spec.id}" == source), None)
        if spec is None:
            raise CannotReplay(f"collectors.yaml has no {source} any more")
        try:
            return Replay(spec, self.configuration.plant.tags).batch(kept.refusal)
        except Refused as refused:
            raise CannotReplay(f"still refused, {refused.reason}: {refused.detail}") from refused


def leave(folder: Path, id: int, batch: Batch) -> Path:
    """Where `Requeue` finds it; whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{id}{SUFFIX}"
    replace_file(path, batch.encode())
    return path


def waiting(folder: Path) -> Sequence[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: int(path.stem))


class Requeue:
    """Empties the folder into the spool."""

    def __init__(self, folder: Path, sink: Sink, quarantine: Quarantine, wall_ns: Callable[[], int]) -> None:
        self._folder, self._sink, self._quarantine, self._wall_ns = folder, sink, quarantine, wall_ns

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.once()
            await asyncio.sleep(LOOK_S)

    async def once(self) -> int:
        """Batches that are in the spool now; what a full spool refuses waits."""
        done = 0
        for path in waiting(self._folder):
            try:
                await self._sink.put(Batch.decode(path.read_bytes()))
            except SpoolFull:
                break
            except CorruptBatch as error:
                log.warning("a file to replay is no batch", file=path.name, error=str(error))
                path.rename(path.with_suffix(".refused"))
                continue
            await self._quarantine.replayed([int(path.stem)], self._wall_ns())
            path.unlink()
            done += 1
        return done
