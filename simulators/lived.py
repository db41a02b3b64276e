"""How a town stood, now and over its last two days, for the next world to go on from.

EPANET is given chlorine by nodes, and fills each pipe whole with that of the end to which it is drawn, be it
where the water comes from: a world that only took over what its nodes hold leaps by 0.1 mg/L. So a world
lives through the last days again: by then its pipes hold what flowed into them.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from core.durable_file import replace_file
from simulators.memory import trouble_of
from simulators.troubles import Trouble

HOUR_NS = 3600 * 10**9
AGAIN_NS, EVERY_NS = 36 * HOUR_NS, 12 * HOUR_NS
"""At least so long is lived through again, where the town is as old; how often it is kept how it stands."""


@dataclass(frozen=True, slots=True)
class Stand:
    """pumps: that run. tanks: their levels, m. chlorine: of every node, mg/L."""

    t_ns: int
    pumps: dict[str, bool]
    tanks: dict[str, float]
    chlorine: dict[str, float]


class Damaged(ValueError):
    """A file that does not say how a town stood."""


class Lived:
    """stands: since `AGAIN_NS` ago and the last before, or since the town was made, oldest first. ended: what
    took or held back water meanwhile, and is over."""

    def __init__(self, stands: Sequence[Stand] = (), ended: Sequence[Trouble] = ()) -> None:
        self.stands, self.ended = list(stands), {trouble.id: trouble for trouble in ended}

    @classmethod
    def load(cls, file: Path) -> tuple[Self, Stand, tuple[Trouble, ...]]:
        """With how the town stood last, and what ran since the oldest of its stands; raises `Damaged`."""
        try:
            kept = json.loads(file.read_bytes())
            before = [Stand(**stand) for stand in kept.pop("before", ())]
            troubles = tuple(trouble_of(trouble) for trouble in kept.pop("troubles", ()))
            last = Stand(**kept)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Damaged(f"not a town's state ({type(error).__name__}: {error})") from error
        ended = [one for one in troubles if one.end_ns is not None and one.end_ns <= last.t_ns]
        return cls(before, ended), last, troubles

    def due(self, t_ns: int) -> bool:
        return not self.stands or t_ns - self.stands[-1].t_ns >= EVERY_NS

    def note(self, stand: Stand) -> None:
        self.stands.append(stand)
        while len(self.stands) > 1 and stand.t_ns - self.stands[1].t_ns >= AGAIN_NS:
            del self.stands[0]
        first_ns = self.stands[0].t_ns
        self.ended = {id: one for id, one in self.ended.items() if (one.end_ns or 0) > first_ns}

    def end(self, trouble: Trouble, t_ns: int) -> None:
        if trouble.pump or trouble.coefficient:
            self.ended[trouble.id] = replace(trouble, end_ns=t_ns)

    def save(self, file: Path, now: Stand, running: Sequence[Trouble]) -> None:
        troubles = [*self.ended.values(), *(one for one in running if one.pump or one.coefficient)]
        past = {
            "before": [asdict(stand) for stand in self.stands],
            "troubles": [asdict(one) for one in troubles],
        }
        replace_file(file, json.dumps(asdict(now) | past, ensure_ascii=False).encode())
