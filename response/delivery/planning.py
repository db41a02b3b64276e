"""From a published version to one letter a person: in chunks, so that no transaction is long, each taken up
where the last one ended after a `kill -9`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.model.mailing import Because, Letter, LetterState, Mailing, MailingState, letter_id
from core.model.notice import Change, Status
from core.model.person import Person
from core.model.timer import Timer
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.ports.vault import Vault
from core.runtime.timetable import held
from response.affected import LOW_PRESSURE
from response.delivery.callers import Caller
from response.delivery.difference import OVER, Told, kept, last_heard, newest, told, waits
from response.delivery.endings import accounts_of, as_reported, ending
from response.delivery.listing import audited, list_of
from response.delivery.mailings import Matter, matter_of
from response.delivery.night import due_ns
from response.delivery.spec import DeliveryFile

AFTER_NS = 1
"""By which those who were promised nothing come after those who were, where both wait for the morning."""
CHUNK = 500
"""Accounts looked at in one transaction."""


def chain(file: DeliveryFile, person: Person) -> tuple[str, ...]:
    """The channels that reach this person, the first to be tried first."""
    return tuple(channel.id for channel in file.channels if getattr(person, channel.address))


@dataclass(frozen=True, slots=True)
class Looked:
    """letter: what a person is to be sent, or why they are not. own: of this mailing, for another account of
    theirs; last: the newest of earlier ones."""

    letter: Letter | Because
    own: Letter | None
    last: Letter | None


class Planner:
    def __init__(self, file: DeliveryFile, vault: Vault, ledger: Ledger, clock: Clock) -> None:
        self._file, self._vault, self._ledger, self._clock = file, vault, ledger, clock

    async def plan(self, timer: Timer, mailing: Mailing) -> Mailing:
        """Until every account that any version so far concerned has been looked at."""
        async with self._ledger.read() as tx:
            matter = await matter_of(tx, mailing)
        accounts = matter.accounts
        while mailing.planned < len(accounts):
            chunk = accounts[mailing.planned : mailing.planned + CHUNK]
            async with self._ledger.begin() as tx:
                await held(tx, timer)
                mailing = await self._chunk(tx, mailing, chunk, matter)
        return await self._listed(timer, mailing)

    async def _listed(self, timer: Timer, mailing: Mailing) -> Mailing:
        """Everybody has been looked at: what the list is, for the audit."""
        n, digest = await list_of(self._ledger, mailing.id)
        now_ns = self._clock.now_ns()
        listed = replace(
            mailing,
            letters=n,
            list_sha256=digest,
            state=MailingState.SENDING,
            queued_ns=now_ns,
            seq=mailing.seq + 1,
        )
        async with audited(self._ledger, "mailing listed", mailing.id, now_ns).begin() as tx:
            await held(tx, timer)
            await tx.put(listed)
        return listed

    async def _chunk(self, tx: Tx, mailing: Mailing, accounts: Sequence[str], matter: Matter) -> Mailing:
        looked, nobody = await self.look(tx, mailing, accounts, matter, {})
        letters, silent = list[Letter](), Counter(dict(mailing.silent))
        for one in looked:
            last, because = one.last, one.letter if isinstance(one.letter, Because) else one.letter.because
            if last is not None and last.state is LetterState.QUEUED and not kept(last, because):
                letters.append(replace(last, state=LetterState.SUPERSEDED, due_ns=None, seq=last.seq + 1))
            if isinstance(one.letter, Because):
                silent[one.letter] += 1
                if one.own is not None:
                    await tx.delete(Letter, one.own.id)
            else:
                letters.append(one.letter)
        await tx.put_many(letters)
        mailing = replace(
            mailing,
            accounts=len(matter.accounts),
            planned=mailing.planned + len(accounts),
            silent=tuple(sorted(silent.items())),
            nobody=mailing.nobody + nobody,
            seq=mailing.seq + 1,
        )
        await tx.put(mailing)
        return mailing

    async def look(
        self,
        tx: Tx,
        mailing: Mailing,
        accounts: Sequence[str],
        matter: Matter,
        made: Mapping[str, Letter],
    ) -> tuple[list[Looked], int]:
        """Everybody behind these accounts; and how many that it concerns have nobody who can be reached.
        made: by person, letters of this mailing that are written nowhere."""
        now_ns = self._clock.now_ns()
        found = await self._vault.of_accounts(tx, accounts)
        reached = {account: [p for p in found[account] if chain(self._file, p)] for account in accounts}
        people = {person.id: person for persons in reached.values() for person in persons}
        at, homes = supplied(reached, matter.affected), accounts_of(reached)
        before = await self._before(tx, mailing, tuple(people))
        looked = list[Looked]()
        for id, person in people.items():
            own, earlier = before.get(id, (None, []))
            own = own or made.get(id)
            if own is not None and (own.change is not Change.RESTORED or id not in at):
                continue  # a person of two accounts, told for the other one
            caller, last = matter.waiting.get(person.account), newest(earlier)
            word = word_of(
                mailing,
                earlier,
                caller,
                at=at.get(id),
                moved=matter.moved,
                reported=matter.known.by(homes[id]),
                now_ns=now_ns,
            )
            change, because = word
            if change is None:
                looked.append(Looked(because, own, last))
                continue
            letter = self._letter(mailing, person, caller, change, because, now_ns)
            spared = ending(mailing, word, homes[id], caller, matter.known)
            if spared is not None and because is Because.WATER_BACK:
                letter = replace(letter, because=Because.RELEASED)
            heard = last_heard(earlier, now_ns) or last
            letter = replace(letter, weak=_weak(heard, change, at.get(id)), ending=spared)
            looked.append(Looked(letter, own, last))
        return looked, sum(not reached[a] for a in accounts if a in matter.affected)

    async def _before(
        self, tx: Tx, mailing: Mailing, people: tuple[str, ...]
    ) -> dict[str, tuple[Letter | None, list[Letter]]]:
        """By person: the letter of this mailing, and those of earlier ones."""
        if not people:
            return {}
        found: dict[str, tuple[Letter | None, list[Letter]]] = {}
        for letter in await tx.find(Letter, person=people, notice=mailing.notice):
            own, earlier = found.get(letter.person, (None, []))
            if letter.mailing == mailing.id:
                own = letter
            elif letter.version < mailing.version:
                earlier.append(letter)
            found[letter.person] = own, earlier
        return found

    def _letter(
        self,
        mailing: Mailing,
        person: Person,
        caller: Caller | None,
        change: Change,
        because: Because,
        now_ns: int,
    ) -> Letter:
        file = self._file
        exercise = file.exercise or mailing.bulletin.status is not Status.ACTUAL
        at_ns = due_ns(
            mailing.bulletin,
            change,
            now_ns,
            at_night=person.at_night or (caller is not None and caller.at_night),
            from_h=file.night_from_h,
            to_h=file.night_to_h,
        )
        return Letter(
            id=letter_id(mailing.id, person.id),
            mailing=mailing.id,
            notice=mailing.notice,
            version=mailing.version,
            person=person.id,
            account=person.account,
            change=change,
            because=because,
            state=LetterState.EXERCISE if exercise else LetterState.QUEUED,
            lang=person.language,
            channel=chain(file, person)[0],
            due_ns=None if exercise else _in_turn(mailing, at_ns, now_ns, promised=caller is not None),
            promised_ns=at_ns + round(file.promise_min * 60e9) if caller and not exercise else None,
        )


def _in_turn(mailing: Mailing, at_ns: int, now_ns: int, *, promised: bool) -> int:
    """Letters go out by their time: whoever was promised stands before all others of the mailing, whichever
    part of the accounts they are planned with (HL-14)."""
    if not promised:
        return at_ns + AFTER_NS
    return mailing.made_ns if at_ns == now_ns else at_ns


def word_of(
    mailing: Mailing,
    earlier: Sequence[Letter],
    caller: Caller | None,
    *,
    at: str | None,
    moved: int,
    reported: bool,
    now_ns: int,
) -> Told:
    """at: how they are supplied now; None where it does not concern them. reported: see `as_reported`."""
    word = _told(mailing, earlier, caller, at=at, moved=moved, now_ns=now_ns)
    return as_reported(mailing, word, reported=reported, caller=caller, last=newest(earlier))


def _told(
    mailing: Mailing,
    earlier: Sequence[Letter],
    caller: Caller | None,
    *,
    at: str | None,
    moved: int,
    now_ns: int,
) -> Told:
    """A caller who was promised it hears that water is back, whether a notice concerned them or not; at the
    time that they were promised, where what they would hear anyway waits."""
    change, because = told(
        earlier,
        mailing.bulletin.change,
        affected=at is not None,
        moved_in=moved,
        weak=at == LOW_PRESSURE,
        now_ns=now_ns,
    )
    if change is None and caller is not None:
        last = newest(earlier)
        if last is None or last.change is not Change.RESTORED or waits(last, now_ns):
            return Change.RESTORED, Because.PROMISED
    return change, because


def _weak(heard: Letter | None, change: Change, at: str | None) -> bool:
    """That it is over is told of what they were told of; who was told of nothing hears it as it was for
    them."""
    if change in OVER and heard is not None:
        return heard.weak
    return at == LOW_PRESSURE


def supplied(reached: Mapping[str, Sequence[Person]], affected: Mapping[str, str]) -> dict[str, str]:
    """By person, of those who are concerned: how they are supplied, the worst of their accounts."""
    found: dict[str, str] = {}
    for account, persons in reached.items():
        for person in persons if account in affected else ():
            if found.get(person.id, LOW_PRESSURE) == LOW_PRESSURE:
                found[person.id] = affected[account]
    return found
