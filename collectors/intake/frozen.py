"""How likely a sensor is stuck: a score from 0 to 1 for each tag, and a mark on those that are.

A tag's score grows with the time since its value last changed, against how long it usually stays the same,
as far as its peers (the same quantity in the same zone) keep moving: still water and a stuck gauge look alike
from one place, so a tag without peers is never judged. A tag with a flatline alarm has its score too, but no
mark: its detector judges by range and must go on seeing it.
"""

import asyncio
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from collectors.intake.intake import Intake
from core.model.quality import Status, is_bad
from core.model.sample import Floats, Int64s
from core.model.tag import Quantity, Tag
from core.ports.clock import Clock
from core.runtime.live import LiveTable, Newest
from core.runtime.logs import log

LOOK_S, SAVE_S = 5.0, 60.0
FROZEN_AFTER_S = 1800.0
"""Plant time without a change from which a tag whose peers move may be frozen."""
USUAL_GAPS = 20.0
"""So many times longer than it usually stays the same, too."""
LEAST_CHANGES = 10
MOVING_SHARE = 0.5
_MEMORY = 0.1
_SHOWN = 0.05
_JUDGED = frozenset(Quantity) - {Quantity.STATUS, Quantity.VOLUME, Quantity.SPEED}
_LEARNED = ("_v", "_seen_ns", "_changed_ns", "_gap_s", "_changes")
_CAUSE = "frozen: no change for {minutes:.0f} min while its peers move"


class Frozen:
    """Columns over the tags that are judged. `scores` is 0 until a tag has changed LEAST_CHANGES times."""

    def __init__(self, tags: Mapping[str, Tag], speed: float) -> None:
        judged = [tag for tag in tags.values() if tag.quantity in _JUDGED and tag.zone is not None]
        self.ids = [tag.id for tag in judged]
        self._place = {id: n for n, id in enumerate(self.ids)}
        groups: dict[tuple[str | None, Quantity], int] = {}
        self._group = np.array(
            [groups.setdefault((tag.zone, tag.quantity), len(groups)) for tag in judged], np.intp
        )
        n = len(judged)
        self._after_s = np.array([max(FROZEN_AFTER_S, 10 * tag.period_s * speed) for tag in judged])
        self._v: Floats = np.full(n, np.nan)
        self._seen_ns: Int64s = np.zeros(n, np.int64)
        self._changed_ns: Int64s = np.zeros(n, np.int64)
        self._gap_s: Floats = np.zeros(n)
        self._changes: npt.NDArray[np.int64] = np.zeros(n, np.int64)
        self.scores: Floats = np.zeros(n)

    def look(self, ids: list[str], t_ns: Int64s, v: Floats) -> None:
        """The newest values that are not Bad. Whatever happened between two looks counts as one change."""
        place = np.array([self._place.get(id, -1) for id in ids], np.intp)
        own = place >= 0
        at, t_ns, v = place[own], t_ns[own], v[own]
        changed = v != self._v[at]
        gap_s = (t_ns - self._changed_ns[at]) / 1e9
        moved = changed & np.isfinite(self._v[at])
        first = self._changes[at] == 0
        learned = np.where(first, gap_s, (1 - _MEMORY) * self._gap_s[at] + _MEMORY * gap_s)
        self._gap_s[at] = np.where(moved, learned, self._gap_s[at])
        self._changes[at] += moved
        self._changed_ns[at] = np.where(changed, t_ns, self._changed_ns[at])
        self._v[at], self._seen_ns[at] = v, t_ns
        self._score()

    def _score(self) -> None:
        still_s = self.still_s
        known = np.isfinite(self._v) & (self._changes >= LEAST_CHANGES)
        moving = known & (still_s < self._after_s / 2)
        peers = np.bincount(self._group, known, len(known))[self._group] - known
        lively = np.bincount(self._group, moving, len(known))[self._group] - moving
        share = np.divide(lively, peers, out=np.zeros(len(known)), where=peers > 0)
        late = still_s / np.maximum(self._after_s, USUAL_GAPS * self._gap_s)
        self.scores = np.where(known & (share >= MOVING_SHARE), np.minimum(late, 1.0), 0.0)

    def snapshot(self) -> dict[str, npt.NDArray[Any]]:
        """What was learned, to go on with after a restart."""
        return {"ids": np.array(self.ids, np.str_), **{name: getattr(self, name) for name in _LEARNED}}

    def restore(self, kept: Mapping[str, npt.NDArray[Any]]) -> None:
        """Of tags that are still judged. Raises KeyError or ValueError when it is no snapshot."""
        theirs = [at for at, id in enumerate(kept["ids"].tolist()) if id in self._place]
        mine = [self._place[id] for id in kept["ids"][theirs].tolist()]
        for name in _LEARNED:
            getattr(self, name)[mine] = kept[name][theirs]
        self._score()

    @property
    def still_s(self) -> Floats:
        """Plant seconds for which each tag has not changed, as far as it was heard."""
        return np.asarray((self._seen_ns - self._changed_ns) / 1e9, np.float64)


class FrozenWatch:
    """Looks at the live table, marks what is frozen, and says so among the causes of its connection's tags.
    watched: tags with a flatline alarm. file: where what was learned outlives a restart; None: nowhere."""

    def __init__(
        self,
        live: LiveTable,
        tags: Mapping[str, Tag],
        watched: Iterable[str],
        intake: Intake,
        clock: Clock,
        file: Path | None = None,
    ) -> None:
        self._live, self._intake, self._clock = live, intake, clock
        self._watched = frozenset(watched)
        self.frozen = Frozen(tags, clock.anchor.speed)
        self._told: dict[str, str] = {}
        self._file = file

    async def run(self) -> None:
        """Until cancelled. Raises OSError when the file cannot be written."""
        if self._file is not None:
            await asyncio.to_thread(self.load, self._file)
        saved_s = self._clock.monotonic()
        while True:
            self.look(self._live.all())
            if self._file is not None and self._clock.monotonic() - saved_s >= SAVE_S:
                saved_s = self._clock.monotonic()
                await asyncio.to_thread(self.save, self._file)
            await self._clock.sleep(LOOK_S)

    def load(self, file: Path) -> None:
        """What cannot be read is learned anew."""
        try:
            with np.load(file, allow_pickle=False) as kept:
                self.frozen.restore(kept)
        except FileNotFoundError:
            return
        except (OSError, KeyError, ValueError, IndexError, EOFError, zipfile.BadZipFile) as error:
            log.warning("frozen scores are learned anew", file=str(file), error=str(error))

    def save(self, file: Path) -> None:
        """Whole or not at all."""
        beside = file.with_suffix(".new")
        with beside.open("wb") as out:
            np.savez(out, **self.frozen.snapshot())  # type: ignore[arg-type]
        beside.replace(file)

    def look(self, newest: Newest) -> None:
        usable = newest.where(~is_bad(newest.q))
        names = self._live.tags.names
        self.frozen.look([names[n] for n in usable.number.tolist()], usable.t_ns, usable.v)
        stuck = np.flatnonzero(self.frozen.scores >= 1.0).tolist()
        still_s, ids = self.frozen.still_s, self.frozen.ids
        self._show()
        self._tell({ids[n]: _CAUSE.format(minutes=still_s[n] / 60) for n in stuck})
        code = int(Status.UNCERTAIN_SUB_NORMAL)
        self._intake.marks.set("frozen", {ids[n]: code for n in stuck if ids[n] not in self._watched})

    def _show(self) -> None:
        """Scores that are not at 0, where each tag's connection is shown."""
        scores = self.frozen.scores
        shown: dict[int, dict[str, float]] = {}
        for n in np.flatnonzero(scores >= _SHOWN).tolist():
            if (facts := self._intake.facts_of(self.frozen.ids[n])) is not None:
                shown.setdefault(id(facts), {})[self.frozen.ids[n]] = float(scores[n])
        for facts in self._intake.brought:
            facts.frozen = shown.get(id(facts), {})

    def _tell(self, causes: dict[str, str]) -> None:
        """A cause that the driver gave stays as it is."""
        for tag, cause in {**dict.fromkeys(self._told, ""), **causes}.items():
            facts = self._intake.facts_of(tag)
            if facts is None or facts.tag_causes.get(tag, self._told.get(tag)) != self._told.get(tag):
                continue
            facts.tag_causes.pop(tag, None)
            if cause:
                facts.tag_causes[tag] = cause
        self._told = causes
