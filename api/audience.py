"""What a listener or reader may be told: the limits of a permission, as a filter.

Equal audiences share one encoding of every frame of the event stream.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import orjson

from api.permissions import Limit, Permission, granted
from api.wire import Json, encode, nameless, plain, rfc3339, rfc3339_millis
from core.model.account import Role, User
from core.model.event import Event, EventKind
from core.model.notice import Notice
from core.model.plant import Plant
from core.model.tag import QUALITY, Quantity, Tag
from core.model.work_order import OPEN, WorkOrder
from core.ports.ledger import Tx
from core.runtime.live import Newest
from response.notices.versions import was_told

Mask = npt.NDArray[np.bool_]
_PERSONAL = Quantity.VOLUME
"""A customer's meter tells when somebody is at home."""


@dataclass(frozen=True, slots=True)
class Audience:
    """names: people may be named. drafts: notices are seen before the public is told. kinds, quantities,
    zones: None for all of them. crew: whose work orders alone are shown; None for everybody's."""

    names: bool = True
    meters: bool = True
    drafts: bool = True
    kinds: frozenset[EventKind] | None = None
    quantities: frozenset[Quantity] | None = None
    zones: frozenset[str] | None = None
    crew: str | None = None

    def sees_tag(self, tag: Tag) -> bool:
        return (
            (self.meters or tag.quantity is not _PERSONAL)
            and (self.quantities is None or tag.quantity in self.quantities)
            and self.sees_zone(tag.zone)
        )

    def sees_zone(self, zone: str | None) -> bool:
        return self.zones is None or zone in self.zones

    def sees(self, kind: EventKind, zone: str | None) -> bool:
        return (self.kinds is None or kind in self.kinds) and self.sees_zone(zone)

    def sees_order(self, zone: str | None, crew: str | None) -> bool:
        """A crew sees its own wherever it is sent, also to an area where it had none before."""
        if self.crew is not None:
            return self.crew == crew
        return self.sees(EventKind.WORK_ORDER, zone)

    def sees_event(self, event: Event) -> bool:
        if event.kind is EventKind.WORK_ORDER:
            return self.sees_order(event.zone, event.data.get("crew"))
        if event.kind is EventKind.NOTICE and not (self.drafts or event.data.get("told")):
            return False
        return self.sees(event.kind, event.zone)

    def sees_notice(self, notice: Notice) -> bool:
        return self.sees(EventKind.NOTICE, notice.zone) and (self.drafts or was_told(notice))

    def shown(self, content: Json) -> Json:
        """`content` as this audience may read it."""
        return content if self.names else nameless(content)


_P = Permission
READ_BY: Mapping[EventKind, tuple[Permission, ...]] = MappingProxyType(
    {
        EventKind.ALARM: (_P.ALARMS,),
        EventKind.INCIDENT: (_P.INCIDENTS,),
        EventKind.WORK_ORDER: (_P.WORK_ORDERS, _P.INCIDENTS),
        EventKind.NOTICE: (_P.NOTICES, _P.INCIDENTS),
        EventKind.MAINTENANCE: (_P.VALUES,),
        EventKind.ANNOTATION: (_P.VALUES,),
        EventKind.PROPOSAL: (_P.PROPOSALS,),
        EventKind.MASTER: (_P.MASTER,),
        EventKind.ACTIVITY: (_P.ALARMS,),
        EventKind.CALL: (_P.CALLS,),
        EventKind.NOTIFICATION: (_P.CALLS,),
        EventKind.FLOOD: (_P.ALARMS,),
        EventKind.REPORT: (_P.CUSTOMERS,),
        EventKind.PHONE_CALL: (_P.CUSTOMERS,),
        EventKind.CALL_CLUSTER: (_P.CUSTOMERS,),
        EventKind.MASS_CALLS: (_P.CUSTOMERS,),
        EventKind.SHIFT: (_P.SHIFT_LOG,),
        EventKind.DISPATCH: (_P.SHIFT_LOG,),
        EventKind.QUALITY_HOLD: (_P.QUALITY_DECISIONS,),
    }
)
"""An event is for whoever has any of these: the permission of the routes that answer for its subject. An
incident tells how its order and its notice stand; who rings up is for the hotline and those behind it."""


def kinds_for(role: Role) -> frozenset[EventKind]:
    """What this role may be told of, however narrow the limit."""
    return frozenset(kind for kind, one_of in READ_BY.items() if any(granted(role, p) for p in one_of))


async def audience_of(user: User, limit: Limit, tx: Tx) -> Audience:
    """How far `limit` reaches for this person now; a crew's zones are those of its open orders."""
    kinds, drafts = kinds_for(user.role), granted(user.role, Permission.NOTICES) is Limit.ALL
    if limit is Limit.NO_NAMES:
        return Audience(names=False, meters=False, drafts=drafts, kinds=kinds)
    if limit is Limit.ZONES:
        return Audience(meters=False, drafts=drafts, kinds=kinds, quantities=QUALITY | {Quantity.PRESSURE})
    if limit is Limit.OWN:
        orders = await tx.find(WorkOrder, crew=user.crew, state=OPEN) if user.crew else []
        zones = frozenset(order.zone for order in orders if order.zone)
        return Audience(meters=False, drafts=drafts, kinds=kinds, zones=zones, crew=user.crew or "")
    return Audience(meters=user.role is not Role.HOTLINE, drafts=drafts, kinds=kinds)


def event_frame(event: Event, audience: Audience) -> bytes | None:
    """One ledger event as Server-Sent Events have it, or None when it is not for this audience."""
    if not audience.sees_event(event):
        return None
    content = {
        "id": event.id,
        "kind": event.kind.value,
        "subject": event.subject,
        "t": rfc3339(event.t_ns),
        "zone": event.zone,
        "data": audience.shown(plain(event.data)),
    }
    return frame(event.kind.value, content, event.id)


def visible(names: Sequence[str], plant: Plant, audience: Audience) -> Mask:
    """Which of the live table's tags this audience may see; a tag that the plant does not have, nobody."""
    known = (plant.tags.get(name) for name in names)
    return np.array([tag is not None and audience.sees_tag(tag) for tag in known], np.bool_)


def values_frame(newest: Newest, names: Sequence[str], seen: Mask) -> bytes | None:
    """The newest values as columns, or None when none of them is for this audience: tags, t (to the
    millisecond), v (null when Bad) and q, each as long as the others. names, seen: by number."""
    mine = newest if (mask := seen[newest.number]).all() else newest.where(mask)
    if not len(mine):
        return None
    content = {
        "tags": [names[number] for number in mine.number.tolist()],
        "t": orjson.Fragment(rfc3339_millis(mine.t_ns)),
        "v": mine.v,
        "q": mine.q,
    }
    return frame("values", content)


def frame(name: str, content: object, id: int | None = None) -> bytes:
    """WHATWG HTML 9.2.6. The data is one line: JSON has no raw line ends."""
    head = f"id: {id}\nevent: {name}\ndata: " if id is not None else f"event: {name}\ndata: "
    return head.encode() + encode(content) + b"\n\n"
