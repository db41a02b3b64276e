"""What people would be sent of a notice, and how many, before somebody decides so (ON-02, ON-25)."""

from api.context import Here
from api.deps import Deps
from api.gate import Asker, Door
from api.parameters import Id
from api.permissions import Limit as Reach
from api.permissions import Permission
from api.problems import not_found
from api.routes.notices import readable
from api.wire import Answer, Json, plain
from core.model.notice_version import NoticeReach, NoticeVersion
from core.model.text import LANGS
from core.ports.ledger import Tx
from response.delivery.foreseen import Foreseen, Sent, foreseen
from response.delivery.planning import Planner
from response.delivery.went_out import went_out
from response.notices.unsaid import Over, unsaid
from response.notices.versions import prepared, published


async def messages(here: Here, caller: Asker, id: Id, over: Over | None = None) -> Answer:
    """Of what is being prepared, as if it were published now, or of its end: each text that differs, as the
    provider sends it, and how many people get it; of what is published (`went`), what they were sent.
    `messages` is null where none are sent. Counts only; 404 for whoever may read what was published alone."""
    deps = here.deps
    if caller.limit is Reach.PUBLISHED:
        raise not_found("notice", id)
    async with deps.ledger.read() as tx:
        await readable(caller, tx, id)
        before, now_ns = await prepared(tx, id), deps.clock.now_ns()
        said = await published(tx, id)
        went = bool(said) and before.pending is None and over is None
        if went:
            version, reach = said[-1], None
        else:
            version, reach = await unsaid(tx, before, now_ns, deps.times, over)
        found = await _found(tx, deps, version, reach) if deps.delivering else None
    return Answer({"version": version.version, "went": went, "messages": _shown(found) if found else None})


async def _found(tx: Tx, deps: Deps, version: NoticeVersion, reach: NoticeReach | None) -> Foreseen:
    """reach: of what is not published yet."""
    assert deps.delivering is not None
    file = deps.delivering.file
    if reach is None:
        return await went_out(tx, file, deps.plant, version, deps.clock.now_ns())
    planner = Planner(file, deps.vault, deps.ledger, deps.clock)
    return await foreseen(tx, planner, file, deps.plant, version, reach)


def _shown(found: Foreseen) -> Json:
    shown: Json = plain(found)
    return shown | {"sent": [_sent(one) for one in found.sent]}


def _sent(one: Sent) -> Json:
    return {
        "channel": one.channel.id,
        "address": one.channel.address,
        "of": [plain(told) for told in one.of],
        "people": dict(one.people),
        "places": one.places,
        **{lang: plain(one.texts[lang]) for lang in LANGS},
    }


DOORS = (Door("GET", "/api/v1/notices/{id}/messages", messages, Permission.NOTICES),)
