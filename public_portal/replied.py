"""What callers alone were told, for the public to know it from a forgery: kept word for word as it was said,
since a later release, or other templates, would say it otherwise."""

from collections.abc import Sequence

import msgspec

from core.model.bulletin import Bulletin, Status
from core.model.incident import Incident
from core.model.mailing import Mailing
from core.model.snapshot import PublicReply
from core.model.text import Text, stacked
from core.ports.ledger import Page, Tx
from public_portal.everything import to_callers
from public_portal.sentences import fingerprints
from response.delivery.callers import LOOKED_AT
from response.delivery.spec import CustomerChannel
from response.renderings.headline import headline
from response.renderings.press import press
from response.site import BACK

KEPT = "public_portal.replies"
KEPT_NS = 7 * 24 * 3600 * 1_000_000_000
"""From when it was said: messages are passed on for days."""


class Replied:
    """channels: by which customers are told."""

    def __init__(self, channels: Sequence[CustomerChannel] = ()) -> None:
        self._channels = channels
        self.forget()

    def forget(self) -> None:
        """The transaction of `take` failed: read the ledger anew."""
        self._said: dict[str, PublicReply] | None = None

    async def look(self, tx: Tx, now_ns: int) -> list[Mailing]:
        """What was said within the time of the newest incidents that are over: in earnest, to somebody."""
        over = await tx.find(Incident, Page(LOOKED_AT), state=tuple(BACK))
        found = await tx.find(Mailing, notice=tuple(one.id for one in over)) if over else []
        return [
            one
            for one in found
            if one.bulletin.status is Status.ACTUAL and one.letters != 0 and _lasts(one.bulletin, now_ns)
        ]

    async def take(self, tx: Tx, found: Sequence[Mailing], now_ns: int) -> None:
        """Writes down what is new among these, and forgets what was said too long ago."""
        kept = self._said
        if kept is None:
            kept = msgspec.json.decode(await tx.kept(KEPT) or b"{}", type=dict[str, PublicReply])
        said = {id: one for id, one in kept.items() if now_ns < one.sent_ns + KEPT_NS}
        for mailing in found:
            if mailing.id not in said:
                said[mailing.id] = reply_of(mailing.bulletin, self._channels)
        if said.keys() != kept.keys():
            await tx.keep(KEPT, msgspec.json.encode(said))
        self._said = said

    @property
    def replies(self) -> tuple[PublicReply, ...]:
        """The newest first."""
        said = (self._said or {}).values()
        return tuple(sorted(said, key=lambda one: (-one.sent_ns, one.number)))


def _lasts(b: Bulletin, now_ns: int) -> bool:
    return now_ns < b.sent_ns + KEPT_NS


def reply_of(b: Bulletin, channels: Sequence[CustomerChannel]) -> PublicReply:
    title, body = headline(b), _body(b)
    said = [*to_callers(b, channels), body.zh, body.en]
    return PublicReply(
        number=b.number,
        area=b.area,
        sent_ns=b.sent_ns,
        title=title,
        body=body,
        over_ns=None if b.ending else b.restored_ns,
        confirmed=b.confirmed and not b.ending,
        sentences=fingerprints(said),
    )


def _body(b: Bulletin) -> Text:
    if not b.ending:
        return stacked((b.description, b.instruction))
    zh, en = (words.split("\n")[1] for words in (press(b).zh, press(b).en))
    return Text(zh, en)
