"""`waterhub replay`: recorded samples through the very engine that runs live."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from rich.console import Console

from alarms.replay import replay as engine_replay
from collectors.replay.files import read, read_folder
from collectors.replay.spec import ReplaySpec
from core.model.sample import Batch
from hub.check import read as read_configuration
from hub.documents import document as _document


def replay(
    config: Path, samples: Path | None, data: Path | None, speed: float | None, findings: Path | None
) -> dict[str, float]:
    """Writes findings as JSON lines (time, kind, zone, tags, score, size, candidates) and returns figures.

    Raises WrongConfiguration, or ValueError and OSError for the sample file.
    """
    spec = _document(config / "replay.yaml", ReplaySpec) if data else None
    network = data / spec.network if data and spec and spec.network else None
    configuration = read_configuration(config, network)
    batches: Iterator[Batch] = iter(())
    if samples:
        batches = read(samples)
    elif data and spec:
        batches = read_folder(spec, data)
    began = time.perf_counter()
    with ExitStack() as stack:
        out: TextIO = sys.stdout
        if findings:
            out = stack.enter_context(findings.open("w", encoding="utf-8"))
        status = stack.enter_context(Console(stderr=True).status("reading"))
        counted = Counted(batches, speed, lambda samples: status.update(f"{samples:,} samples"))
        n = 0
        for finding in engine_replay(
            counted, configuration.plant, configuration.definitions, hydraulics_inp=configuration.network
        ):
            out.write(json.dumps(finding, ensure_ascii=False) + "\n")
            n += 1
    seconds = time.perf_counter() - began
    return {
        "samples": counted.samples,
        "findings": n,
        "seconds": seconds,
        "rate": counted.samples / seconds if seconds else 0.0,
    }


class Counted:
    """Batches as they come, counted; with a speed, no faster than that many times as they happened."""

    def __init__(
        self, batches: Iterator[Batch], speed: float | None, tell: Callable[[int], None] = lambda _: None
    ) -> None:
        self._batches = batches
        self._speed = speed
        self._tell = tell
        self.samples = 0

    def __iter__(self) -> Iterator[Batch]:
        began, first_ns = time.monotonic(), None
        for batch in self._batches:
            if self._speed and len(batch):
                last_ns = int(batch.t_ns[-1])
                first_ns = last_ns if first_ns is None else first_ns
                time.sleep(max(0.0, (last_ns - first_ns) / 1e9 / self._speed - (time.monotonic() - began)))
            self.samples += len(batch)
            self._tell(self.samples)
            yield batch
