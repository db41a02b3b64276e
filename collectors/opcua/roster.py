"""The items of a connection: which are monitored, which polled, which the server does not have, and when each
is to be asked again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from asyncua import ua

from collectors.opcua.session import node_id
from collectors.opcua.spec import OpcUaSpec
from collectors.opcua.subscription import Wanted
from core.model.tag import Tag

RETRY_S = 60.0
RETRY_AT_MOST_S = 3600.0
QUIET_PERIODS, QUIET_LEAST_S = 2.0, 5.0
"""An item's silence before it is read: less than what makes a tag stale (three periods, at least 10 s)."""
UNKNOWN = np.array([ua.StatusCodes.BadNodeIdUnknown, ua.StatusCodes.BadNodeIdInvalid], np.uint32)

_POLL_INSTEAD = frozenset(
    {
        ua.StatusCodes.BadServiceUnsupported,
        ua.StatusCodes.BadNotSupported,
        ua.StatusCodes.BadTooManyMonitoredItems,
        ua.StatusCodes.BadMonitoredItemFilterInvalid,
        ua.StatusCodes.BadMonitoredItemFilterUnsupported,
        ua.StatusCodes.BadFilterNotAllowed,
    }
)
"""A server that says so has the node, and cannot monitor it as asked."""

Items = npt.NDArray[np.intp]


@dataclass(slots=True)
class _Retry:
    """at_s: when next, for ever away while the server has the item."""

    at_s: float
    wait_s: float


class Roster:
    """Items by number, in the configuration's order. Times are monotonic seconds."""

    def __init__(self, spec: OpcUaSpec, tags: Sequence[Tag]) -> None:
        self._spec = spec
        periods = [tag.period_s for tag in tags]
        asked = [item.sampling_ms or spec.sampling_ms for item in spec.nodes]
        self._sampling_s = np.array([ms / 1000 if ms else s for ms, s in zip(asked, periods, strict=True)])
        quiet = [max(QUIET_LEAST_S, QUIET_PERIODS * s) for s in periods]
        self._quiet_s = np.full(len(tags), spec.max_silence_s) if spec.max_silence_s else np.array(quiet)
        self.nodes: list[ua.NodeId | None] = [None] * len(tags)
        self.active = np.zeros(len(tags), np.bool_)
        self._every_s = self._quiet_s.copy()
        self._asked_s = np.zeros(len(tags))
        self._retry: dict[int, _Retry] = {}

    def __len__(self) -> int:
        return len(self.nodes)

    def new_session(self, namespaces: Sequence[str]) -> None:
        """Resolves every node anew; nothing is active."""
        self.resolve(range(len(self)), namespaces)
        self.active[:] = False
        self._retry.clear()

    def resolve(self, items: Iterable[int], namespaces: Sequence[str]) -> None:
        for i in items:
            self.nodes[i] = node_id(self._spec.nodes[i].node, namespaces)

    def name(self, item: int) -> str:
        return self._spec.nodes[item].node

    def wanted(self, items: Iterable[int]) -> list[Wanted]:
        """Those of the items that the server has a namespace for."""
        found = []
        for i in items:
            node, asked = self.nodes[i], self._spec.nodes[i]
            if node is not None:
                ms, trigger = float(self._sampling_s[i] * 1000), asked.trigger or self._spec.trigger
                found.append(Wanted(i, node, ms, trigger, asked.deadband))
        return found

    def monitored(self, items: Sequence[int], now_s: float) -> None:
        self._active(items, self._quiet_s, now_s)

    def polled(self, items: Sequence[int], now_s: float) -> None:
        """From now on, each at its sampling interval, beginning at once."""
        self._active(items, self._sampling_s, now_s)
        self._asked_s[list(items)] -= self._sampling_s[list(items)]

    def _active(self, items: Sequence[int], every_s: npt.NDArray[np.float64], now_s: float) -> None:
        where = np.asarray(items, np.intp)
        self.active[where], self._asked_s[where] = True, now_s
        self._every_s[where] = every_s[where]
        for item in items:
            if item in self._retry:
                self._retry[item].at_s = np.inf

    def can_poll(self, code: int) -> bool:
        return self._spec.mode == "auto" and code in _POLL_INSTEAD

    def refused(self, item: int, now_s: float) -> float:
        """The server does not have it; in how many seconds it is asked for again: 60, doubling to 3600."""
        known = self._retry.get(item)
        wait_s = min(2 * known.wait_s, RETRY_AT_MOST_S) if known else RETRY_S
        self._retry[item] = _Retry(now_s + wait_s, wait_s)
        self.active[item] = False
        return wait_s

    def due(self, now_s: float) -> list[int]:
        """Missing items to ask for again."""
        return [item for item, retry in self._retry.items() if retry.at_s <= now_s]

    def heard(self, items: Items, now_s: float) -> None:
        self._asked_s[items] = now_s

    def quiet(self, now_s: float, at_most: int) -> Items:
        """Active items that are due to be read, the longest silent first."""
        over_s = np.where(self.active, now_s - self._asked_s - self._every_s, -1.0)
        (found,) = np.nonzero(over_s >= 0)
        return found[np.argsort(-over_s[found], kind="stable")][:at_most]

    def slots(self, items: Items, now_s: float) -> int:
        """Puts the items' next reads on their grid; how many slots have passed unread."""
        passed = np.maximum((now_s - self._asked_s[items]) // self._every_s[items], 1)
        self._asked_s[items] += passed * self._every_s[items]
        return int((passed - 1).sum())

    def next_s(self, now_s: float) -> float:
        """Seconds until the next read is due."""
        if not self.active.any():
            return np.inf
        return float((self._asked_s + self._every_s)[self.active].min()) - now_s
