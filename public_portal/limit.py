"""How often one address may ask questions (ON-30): a bucket each, the least used forgotten first."""

from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address

from core.model.destination import literal


class Limit:
    """per_min: questions a minute that are answered in the long run; at_once: and at most at once (per_min
    unless given). now_s: monotonic. Bounded: `most` addresses are remembered."""

    def __init__(
        self, per_min: float, now_s: Callable[[], float], most: int = 20_000, at_once: float | None = None
    ) -> None:
        self._rate, self._burst, self._most = per_min / 60.0, at_once or per_min, most
        self._now_s = now_s
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, who: str) -> float:
        """0, and one question counted; else how long until the next is answered."""
        now = self._now_s()
        left, at = self._left.pop(who, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate)
        refused = left < 1.0
        self._left[who] = (left if refused else left - 1.0, now)
        while len(self._left) > self._most:
            self._left.popitem(last=False)
        return (1.0 - left) / self._rate if refused else 0.0


def household(host: str) -> str:
    """Whose questions are counted together: one IPv4 address, or one /64 of IPv6, which is a household's."""
    address = literal(host)
    if not isinstance(address, IPv6Address):
        return host
    if (mapped := address.ipv4_mapped) is not None:
        return str(mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"
