"""What the counts of a mailing consist of: a row a person who was written to, and one for who was not."""

from typing import Annotated

from fastapi import Query

from api.context import Here
from api.gate import Door
from api.parameters import Id, LetterId, Limit, page_of
from api.permissions import Permission
from api.problems import not_found
from api.wire import Answer, Json, plain
from core.model.mailing import Letter, LetterState, Mailing
from core.model.notice_version import NoticeReach
from core.model.shanghai import local
from core.ports.ledger import Page
from response.delivery.planning import AFTER_NS
from response.delivery.record import untold

_HOUR_NS = 3600 * 1_000_000_000


async def list_letters(
    here: Here,
    id: Id,
    state: Annotated[list[LetterState] | None, Query()] = None,
    channel: Id | None = None,
    after: LetterId | None = None,
    limit: Limit = 100,
) -> Answer:
    """A row a person, the newest first: what each count of the mailing consists of. Accounts, no names and no
    addresses; supply: as the version has the account, null where it does not concern it."""
    asked: dict[str, object] = {"mailing": id}
    if state:
        asked["state"] = tuple(state)
    if channel is not None:
        asked["channel"] = channel
    async with here.deps.ledger.read() as tx:
        found = await tx.find(Letter, Page(limit + 1, after), **asked)
        reach = await tx.get(NoticeReach, id)
    supply = reach.supply_of() if reach else {}
    rows = [_letter(one, supply.get(one.account), here) for one in found]
    return Answer(page_of(rows, limit))


async def list_untold(here: Here, id: Id, after: Id | None = None, limit: Limit = 100) -> Answer:
    """Whom the mailing did not write to, by account, and why. after: the last account of the page before."""
    async with here.deps.ledger.read() as tx:
        mailing = await tx.get(Mailing, id)
        if mailing is None or here.deps.delivering is None:
            raise not_found("mailing", id)
        file = here.deps.delivering.file
        rows = await untold(tx, here.deps.vault, file, mailing, after or "", limit)
    full = len(rows) >= limit
    return Answer({"items": [plain(row) for row in rows], "next": rows[-1].account if full else None})


def _letter(letter: Letter, supply: str | None, here: Here) -> Json:
    """change: what they are told. held: `night` while it waits for the morning."""
    shown: Json = plain(letter)
    names = ("id", "account", "change", "because", "state", "channel", "due", "sent", "promised", "tries")
    night = letter.state is LetterState.QUEUED and letter.due_ns and for_the_night(here, letter.due_ns)
    told = letter.ending or letter.change
    found = {name: shown[name] for name in names} | {"change": told.value}
    return found | {"supply": supply, "held": "night" if night else None}


def for_the_night(here: Here, due_ns: int) -> bool:
    """What waits for the morning is due at the very end of the night."""
    file = here.deps.delivering.file if here.deps.delivering else None
    if file is None or due_ns <= here.deps.clock.now_ns():
        return False
    at = local(due_ns)
    return due_ns % _HOUR_NS <= AFTER_NS and at.hour == file.night_to_h


DOORS = (
    Door("GET", "/api/v1/deliveries/{id}/letters", list_letters, Permission.CUSTOMERS),
    Door("GET", "/api/v1/deliveries/{id}/untold", list_untold, Permission.CUSTOMERS),
)
