"""The code by which a caller follows their report, sent to them by short message (WO-28)."""

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id
from api.permissions import Permission
from api.problems import not_found
from api.wire import Answer, Json, plain, rfc3339
from core.model.account import User
from core.model.mailing import Letter
from core.model.person import masked_phone
from core.model.report import Report
from core.ports.ledger import Tx
from response.delivery.addressing import mobile_of
from response.delivery.codes import PURPOSE, Offer, ask, failed, letter_of, offer, person_of

MOST = 500
"""Failed codes shown at once."""


async def send_code(here: Here, caller: Asker, id: Id) -> Answer:
    """One message however often it is asked for; what failed is sent anew. 409 with words where it cannot
    go."""
    deps = here.deps
    file = deps.delivering.file if deps.delivering else None
    async with deps.ledger.begin() as tx:
        asked = await ask(tx, deps.vault, file, id, caller.user, deps.clock.now_ns())
    if deps.delivering is not None:
        deps.delivering.service.wake()
    return Answer(shown(asked))


async def get_code_message(here: Here, id: Id) -> Answer:
    """What became of it; 404 while nobody has asked for it."""
    async with here.deps.ledger.read() as tx:
        letter = await letter_of(tx, id)
    if letter is None:
        raise not_found("message", id)
    return Answer(_state(letter))


async def list_failed(here: Here, caller: Asker) -> Answer:
    """Codes that did not reach who asked for them, with the number, masked; each reading is on record."""
    deps, user = here.deps, caller.user
    rows: list[Json] = []
    async with deps.ledger.begin() as tx:
        for letter in await failed(tx, MOST):
            report = await tx.get(Report, letter.notice)
            person = await person_of(tx, deps.vault, report) if report else None
            if person is not None:
                at_ns = deps.clock.now_ns()
                await deps.vault.shown(tx, [person.account], user=user.id, at_ns=at_ns, purpose=PURPOSE)
            number = masked_phone(mobile_of(person)) if person else ""
            rows.append({"report": letter.notice, "number": number, "tries": plain(letter.tries)})
    return Answer({"items": rows, "next": None})


async def offered(here: Here, tx: Tx, report: Report, user: User) -> Json:
    """What stands beside a code: to which number it goes, masked, or why it cannot."""
    deps = here.deps
    file = deps.delivering.file if deps.delivering else None
    return shown(await offer(tx, deps.vault, file, report, user, deps.clock.now_ns()))


def shown(offer: Offer) -> Json:
    no = offer.refused
    refused = {"reason": no.reason, **plain(no.why)} if no else None
    return {"number": offer.number, "refused": refused, **_state(offer.letter)}


def _state(letter: Letter | None) -> Json:
    """reason: of the last try, where it went wrong."""
    last = letter.tries[-1] if letter and letter.tries else None
    return {
        "state": letter.state.value if letter else None,
        "sent": rfc3339(letter.sent_ns) if letter and letter.sent_ns else None,
        "reason": last.reason or None if last else None,
    }


DOORS = (
    Door("GET", "/api/v1/code-messages", list_failed, Permission.CUSTOMERS),
    Door("POST", "/api/v1/hotline/reports/{id}/message", send_code, Permission.CUSTOMERS),
    Door("GET", "/api/v1/hotline/reports/{id}/message", get_code_message, Permission.CUSTOMERS),
)
