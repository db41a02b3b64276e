"""Whether somebody is on call, and can be reached by two proven ways, for the next seven days (A-24)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from core.model.call import VerifiedWay, Why
from core.model.condition import Severity
from core.model.shanghai import moment
from core.ports.clock import Clock
from core.ports.ledger import Ledger
from core.runtime import health_words as words
from core.runtime.health import Health
from response.escalation.rota import changes, on_call
from response.escalation.spec import Contact, EscalationFile, Notify, Position, Way

SECOND = 1_000_000_000
DAY_NS = 86_400 * SECOND
AHEAD_NS, SOON_NS = 7 * DAY_NS, 2 * DAY_NS
"""How far it looks; and how near a gap is an alarm, no longer a warning."""
LEAST_WAYS = 2
LOOK_S = 30.0


@dataclass(frozen=True, slots=True)
class Gap:
    """From when on a position is not covered. why: nobody_on_call, or no_way for a contact with fewer than
    two proven ways."""

    position: str
    since_ns: int
    why: Why
    contact: str | None = None


def called(file: EscalationFile) -> list[Position]:
    """The positions that some ladder notifies."""
    steps = (step for policy in file.policies for ladder in policy.ladders for step in ladder.steps)
    named = {id for step in steps if isinstance(step, Notify) for id in step.notify}
    return [position for position in file.positions if position.id in named]


def address(way: Way) -> str:
    """What a proof holds for: another channel or address is another way."""
    return sha256(f"{way.channel}\n{way.to}".encode()).hexdigest()[:16]


def proven(file: EscalationFile, contact: Contact, tests: Mapping[str, VerifiedWay], t_ns: int) -> list[Way]:
    """The contact's ways whose test still counts at this time."""
    lasts_ns = round(file.verified_days * DAY_NS)
    return [
        way
        for way in contact.ways
        if (test := tests.get(way.id)) is not None
        and test.address == address(way)
        and t_ns - test.at_ns <= lasts_ns
    ]


def gaps(file: EscalationFile, tests: Mapping[str, VerifiedWay], now_ns: int) -> list[Gap]:
    """The first of each position and contact within the time looked ahead, the soonest first."""
    lapses = [test.at_ns + round(file.verified_days * DAY_NS) + 1 for test in tests.values()]
    found: dict[tuple[str, str | None], Gap] = {}
    for position in called(file):
        until_ns = now_ns + AHEAD_NS
        moments = {*changes(position, now_ns, until_ns), *(t for t in lapses if now_ns < t < until_ns)}
        for t_ns in sorted(moments):
            contacts = on_call(position, t_ns)
            if not contacts:
                found.setdefault((position.id, None), Gap(position.id, t_ns, Why.NOBODY_ON_CALL))
            for id in contacts:
                if len(proven(file, file.contact(id), tests, t_ns)) < LEAST_WAYS:
                    found.setdefault((position.id, id), Gap(position.id, t_ns, Why.NO_WAY, id))
    return sorted(found.values(), key=lambda gap: (gap.since_ns, gap.position))


class Coverage:
    def __init__(self, file: EscalationFile, ledger: Ledger, health: Health, clock: Clock) -> None:
        self._file, self._ledger, self._health, self._clock = file, ledger, health, clock

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_S)

    async def look(self) -> None:
        now_ns = self._clock.now_ns()
        found = gaps(self._file, await tests_of(self._ledger), now_ns)
        if not found:
            self._health.clear("no_cover")
            return
        severity = Severity.ALARM if found[0].since_ns - now_ns < SOON_NS else Severity.WARNING
        self._health.set("no_cover", severity, *words.NO_COVER, detail=told(found))


async def tests_of(ledger: Ledger) -> dict[str, VerifiedWay]:
    async with ledger.read() as tx:
        return {test.id: test for test in await tx.find(VerifiedWay)}


def told(found: Iterable[Gap]) -> str:
    """For an engineer, the three soonest."""
    return "; ".join(_gap(gap) for gap in list(found)[:3])


def _gap(gap: Gap) -> str:
    who = f" ({gap.contact})" if gap.contact else ""
    return f"{gap.position}{who} from {moment(gap.since_ns).en}: {gap.why}"
