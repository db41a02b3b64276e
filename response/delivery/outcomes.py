"""What becomes of a letter by a provider's answer, a later report, or the want of one."""

from dataclasses import replace

from core.model.mailing import Letter, LetterState, Try, TryOutcome
from core.model.message import Delivered, Delivery, Fate, Heard, Refused, Retry
from core.model.person import unsaid

ATTEMPTS = 4
BACKOFF_S = (5.0, 30.0, 120.0)
"""Between the attempts on one channel (real time); a provider that names a longer time is obeyed."""
MOST = 200
_NS = 1_000_000_000


def answered(
    letter: Letter,
    answer: Delivery,
    chain: tuple[str, ...],
    now_ns: int,
    *,
    urgent_ns: int | None,
    reports: bool = False,
    speed: float = 1.0,
) -> Letter:
    """chain: the channels that reach the person, in their order. urgent_ns: how long an urgent message stays
    with one channel; None: it is not urgent. reports: the channel says later what became of it. speed: of
    plant time."""
    channel, last = letter.channel or "", _next(letter, chain) is None
    match answer:
        case Delivered(receipt):
            done = _noted(letter, Try(channel=channel, at_ns=now_ns, outcome=TryOutcome.SENT))
            due = now_ns + urgent_ns if urgent_ns is not None and reports and not last else None
            return replace(done, state=LetterState.SENT, receipt=receipt, sent_ns=now_ns, due_ns=due)
        case Retry(reason, detail, after_s):
            made = Try(
                channel=channel,
                at_ns=now_ns,
                outcome=TryOutcome.RETRY,
                reason=reason,
                detail=kept(detail),
            )
            tried = replace(_noted(letter, made), attempts=letter.attempts + 1)
            until_ns = None if urgent_ns is None or last else since_ns(tried) + urgent_ns
            if tried.attempts >= ATTEMPTS or (until_ns is not None and until_ns <= now_ns):
                return on(tried, chain, now_ns)
            pause_s = max(BACKOFF_S[tried.attempts - 1], after_s or 0.0)
            due_ns = now_ns + round(pause_s * speed * _NS)
            return replace(tried, due_ns=due_ns if until_ns is None else min(due_ns, until_ns))
        case Refused(reason, detail):
            made = Try(
                channel=channel,
                at_ns=now_ns,
                outcome=TryOutcome.REFUSED,
                reason=reason,
                detail=kept(detail),
            )
            return on(_noted(letter, made), chain, now_ns)


def kept(detail: str) -> str:
    """What a provider said, without whom it names."""
    return unsaid(detail)[:MOST]


def since_ns(letter: Letter) -> int:
    """Since when it has been with its channel: the first of its attempts there, or when it was due."""
    tries = letter.tries[len(letter.tries) - letter.attempts :]
    return tries[0].at_ns if tries else letter.due_ns or 0


def heard(letter: Letter, said: Heard, chain: tuple[str, ...], now_ns: int) -> Letter:
    """A report on a letter that its channel took. One that comes after a better one changes nothing."""
    outcome = TryOutcome(said.fate.value)
    made = Try(channel=letter.channel or "", at_ns=now_ns, outcome=outcome, detail=kept(said.detail))
    match said.fate:
        case Fate.DELIVERED if letter.state is LetterState.SENT:
            return replace(_noted(letter, made), state=LetterState.DELIVERED, due_ns=None)
        case Fate.READ if letter.state in (LetterState.SENT, LetterState.DELIVERED):
            return replace(_noted(letter, made), state=LetterState.READ, due_ns=None)
        case Fate.FAILED if letter.state is LetterState.SENT:
            return on(_noted(letter, made), chain, now_ns)
    return letter


def passed_on(letter: Letter, chain: tuple[str, ...], now_ns: int, reason: str) -> Letter:
    """To the next channel without another try of this one; as it was where there is none."""
    if _next(letter, chain) is None:
        return replace(letter, due_ns=None if letter.state is LetterState.SENT else letter.due_ns)
    made = Try(channel=letter.channel or "", at_ns=now_ns, outcome=TryOutcome.PASSED_ON, reason=reason)
    return on(_noted(letter, made), chain, now_ns)


def on(letter: Letter, chain: tuple[str, ...], now_ns: int) -> Letter:
    """To the next channel, or to the dead letters."""
    channel = _next(letter, chain)
    if channel is None:
        return replace(letter, state=LetterState.FAILED, due_ns=None)
    return replace(letter, state=LetterState.QUEUED, channel=channel, attempts=0, receipt=None, due_ns=now_ns)


def _next(letter: Letter, chain: tuple[str, ...]) -> str | None:
    """The first after where it is now; a channel that reaches the person no more counts as gone through."""
    if letter.channel not in chain:
        tried = {one.channel for one in letter.tries}
        return next((channel for channel in chain if channel not in tried), None)
    after = chain.index(letter.channel) + 1
    return chain[after] if after < len(chain) else None


def _noted(letter: Letter, made: Try) -> Letter:
    return replace(letter, tries=(*letter.tries, made), seq=letter.seq + 1)
