"""How long a telling takes and whom it reaches, before it is published (ON-25)."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.ports.ledger import Tx
from core.ports.vault import Vault
from response.delivery.planning import CHUNK, chain
from response.delivery.spec import DeliveryFile

MOST = 0.95
LONG_S = 30 * 60.0
"""A telling that takes longer is warned of."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """people: who would be told. reachable: the share of accounts with somebody to tell. channels: people by
    the channel tried first. most_s: until 95 % are told, at the rates of the channels; None for nobody."""

    accounts: int
    people: int
    reachable: float
    channels: Mapping[str, int]
    most_s: float | None

    @property
    def long(self) -> bool:
        return self.most_s is not None and self.most_s > LONG_S


async def outlook(tx: Tx, vault: Vault, file: DeliveryFile, accounts: Collection[str]) -> Outlook:
    wanted, first, reached = sorted(accounts), dict[str, str](), 0
    for start in range(0, len(wanted), CHUNK):
        found = await vault.of_accounts(tx, wanted[start : start + CHUNK])
        for persons in found.values():
            ways = {person.id: chain(file, person) for person in persons}
            reached += any(ways.values())
            first |= {id: way[0] for id, way in ways.items() if way}
    channels = Counter(first.values())
    share = reached / len(wanted) if wanted else 0.0
    seconds = most_s(file, channels)
    return Outlook(len(wanted), len(first), share, dict(channels), seconds)


def most_s(file: DeliveryFile, people: Mapping[str, int]) -> float | None:
    """Channels send side by side, each at its rate: when 95 % of all are through. None for nobody."""
    rates = {channel.id: channel.rate_per_s for channel in file.channels}
    queues = sorted((n / rates[id], n) for id, n in people.items() if n and id in rates)
    total = sum(n for _, n in queues)
    if not total:
        return None
    low, high = 0.0, queues[-1][0]
    for _ in range(60):
        middle = (low + high) / 2
        done = sum(min(n, n * middle / needs) for needs, n in queues)
        low, high = (middle, high) if done < MOST * total else (low, middle)
    return high


def forecast(file: DeliveryFile, states: Mapping[str, Mapping[str, int]]) -> float | None:
    """The same of what is still queued. states: letters by channel and state."""
    return most_s(file, {channel: counts.get("queued", 0) for channel, counts in states.items()})
