"""Incidents become work: exactly one work order and one notice draft each, kept so by the ledger's keys."""

from collections.abc import Sequence
from dataclasses import replace

from core.model.event import Event, EventKind
from core.model.incident import OPEN, Incident, IncidentState
from core.model.notice import ENDED, UNPUBLISHED, Affected, Notice, NoticeState, Site, Status
from core.model.plant import Plant
from core.model.work_order import WorkOrder, WorkOrderState
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx
from core.runtime.logs import log
from response import drafting, merged_orders, rounds, undoing, wording
from response.affected import Footprint, as_dug, footprint, reach
from response.notices import again, exercises, following, versions
from response.notices.rules import HUB
from response.notices.scope import still_told
from response.notices.versions import withdrawn
from response.orders import of_callers
from response.orders.of_incident import IncidentOrders, Rota, nobody
from response.orders.one_matter import ORDER_KINDS
from response.orders.reopening import ReopenRule
from response.service_times import CN_DEFAULT, ServiceTimes
from response.site import BACK, back_since, head_of, lasts, unproven, work_of

CURSOR = "response"
_IDLE_EVENTS = 200
"""Events of other kinds passed over before the cursor is written for their sake alone."""


class ResponseService:
    """Follows the ledger's events; what it makes and how far it has read stand in one transaction."""

    def __init__(
        self,
        ledger: Ledger,
        plant: Plant,
        clock: Clock,
        times: ServiceTimes = CN_DEFAULT,
        reopen: ReopenRule | None = None,
        exercise: bool = False,
        rota: Rota = nobody,
    ) -> None:
        """exercise: the whole hub is in one; what it drafts says so and reaches nobody (ON-42). rota: who is
        on call; nobody without escalation.yaml."""
        self._ledger = ledger
        self._plant = plant
        self._clock = clock
        self._times = times
        self._exercise = exercise
        self._orders = IncidentOrders(plant, times, reopen or ReopenRule(), rota)

    async def run(self) -> None:
        """Until cancelled."""
        await self._after_an_exercise()
        async with self._ledger.read() as tx:
            done = await tx.cursor(CURSOR)
        async for events in self._ledger.follow(done):
            if _concerned(events) or _worked_on(events) or events[-1].id - done > _IDLE_EVENTS:
                await self.handle(events)
                done = events[-1].id

    async def handle(self, events: Sequence[Event]) -> None:
        """One transaction for a run of events. Several of one incident are looked at once: its record
        already holds the last of them."""
        async with self._ledger.begin() as tx:
            concerned = await _with_heads(tx, _concerned(events))
            for id in concerned:
                incident = await tx.get(Incident, id)
                if incident is not None and incident.kind in ORDER_KINDS:
                    await self._respond(tx, incident)
            for id in await _with_heads(tx, _worked_on(events)):
                if id not in concerned and (incident := await tx.get(Incident, id)) is not None:
                    await self._went_on(tx, incident)
            await tx.set_cursor(CURSOR, events[-1].id)

    async def _respond(self, tx: Tx, incident: Incident) -> None:
        if incident.state in OPEN:
            await merged_orders.parted(tx, incident, self._clock.now_ns())
            await of_callers.brought(tx, incident, self._clock.now_ns())
        orders = await tx.find(WorkOrder, incident=incident.id)
        drafts = await tx.find(Notice, incident=incident.id)
        if incident.state in OPEN and await self._parted(tx, drafts):
            drafts = await tx.find(Notice, incident=incident.id)
        match incident.state:
            case IncidentState.CONFIRMED:
                await self._confirmed(tx, incident, orders, drafts)
            case state if state in BACK:
                for order in orders:
                    await self._orders.recovered(tx, order, incident.back_ns, self._clock.now_ns())
                await self._went_on(tx, incident)
            case IncidentState.FALSE_ALARM | IncidentState.MERGED:
                await merged_orders.take_over(tx, incident, orders, self._clock.now_ns())
                for draft in drafts:
                    if draft.state in UNPUBLISHED:
                        held = draft.state if incident.state is IncidentState.MERGED else None
                        gone = replace(draft, state=NoticeState.WITHDRAWN, held=held, seq=draft.seq + 1)
                        await self._write_notice(tx, gone)
            case IncidentState.SUSPECTED:
                pass

    async def _parted(self, tx: Tx, notices: list[Notice]) -> bool:
        """What was withdrawn because its incident was put into another stands as it did; whether any was."""
        found = False
        for one in notices:
            if one.held is not None and one.state is NoticeState.WITHDRAWN:
                await self._write_notice(tx, replace(one, state=one.held, held=None, seq=one.seq + 1))
                found = True
        return found

    async def _confirmed(
        self, tx: Tx, incident: Incident, orders: list[WorkOrder], drafts: list[Notice]
    ) -> None:
        await merged_orders.gather(tx, incident, self._clock.now_ns())
        await undoing.resumed(tx, incident, orders, drafts, self._clock.now_ns())
        orders = await tx.find(WorkOrder, incident=incident.id)
        drafts = await tx.find(Notice, incident=incident.id)
        found = await footprint(tx, self._plant, incident)
        found = await rounds.widened(tx, self._plant, incident, drafts, found)
        await self._orders.confirmed(tx, incident, orders, found, self._clock.now_ns())
        await of_callers.answered(tx, incident, self._clock.now_ns())
        found = await as_dug(tx, self._plant, incident, found)
        await self._orders.counted(tx, incident, found, self._clock.now_ns())
        work, standing = await work_of(tx, incident.id), self._standing(drafts)
        for draft in drafts:
            await self._refresh_draft(tx, incident, draft, found, work.site)
        if (not standing or again.untold(standing, work)) and incident.kind in drafting.NOTICE_KINDS:
            await self._open_draft(tx, incident, found, work.site)

    async def _went_on(self, tx: Tx, incident: Incident) -> None:
        """A crew has come further, or signals are back: what is prepared of it says so. Once they are, it
        follows the crew only while the crew's records say that somebody is without water."""
        notices = self._standing(await tx.find(Notice, incident=incident.id))
        if not notices:
            return
        work, back = await work_of(tx, incident.id), incident.state in BACK
        for notice in notices if back and not unproven(incident, work) else ():
            since_ns = back_since(incident, work)
            await following.recovered(tx, notice, work, since_ns, self._clock.now_ns())
        if not lasts(incident, work):
            return
        anew = again.untold(notices, work)
        live = [one for one in notices if one.state not in ENDED]
        standing = [await versions.prepared(tx, one.id) for one in live or notices]
        if not anew and all(one.content.site is work.site for one in standing):
            return
        found = await reach(tx, self._plant, incident)
        found = await rounds.widened(tx, self._plant, incident, notices, found)
        await self._orders.counted(tx, incident, found, self._clock.now_ns())
        for one in standing:
            await self._refresh_draft(tx, incident, one.head, found, work.site)
        if anew:
            await self._open_draft(tx, incident, found, work.site)

    async def _after_an_exercise(self) -> None:
        """What began in one and goes on is to be told in earnest: people decide on another draft (ON-42)."""
        if self._exercise:
            return
        async with self._ledger.begin() as tx:
            for id in await exercises.ended(tx, self._clock.now_ns()):
                incident = await tx.get(Incident, id)
                if incident is None or self._standing(await tx.find(Notice, incident=id)):
                    continue
                work = await work_of(tx, id)
                if lasts(incident, work):
                    found = await reach(tx, self._plant, incident)
                    await self._open_draft(tx, incident, found, work.site)

    def _standing(self, notices: list[Notice]) -> list[Notice]:
        """Those of an exercise count as long as it is on."""
        return [one for one in notices if self._exercise or one.status is not Status.EXERCISE]

    async def _open_draft(self, tx: Tx, incident: Incident, found: Footprint, site: Site) -> None:
        now_ns = self._clock.now_ns()
        id = await tx.next_id("NTC", now_ns)
        before, starts_ns = await again.before(tx, incident, now_ns)
        draft = self._drafted(incident, found, site, id, now_ns, before, starts_ns)
        draft = self._marked(draft)
        if await tx.insert(draft):
            await tx.put_many(found.records(id))
            await tx.emit(versions.event_of(draft, now_ns))
            log.info("notice drafted", notice=id, incident=incident.id, connections=found.connections)

    async def _refresh_draft(
        self, tx: Tx, incident: Incident, draft: Notice, found: Footprint, site: Site
    ) -> None:
        """While it is a draft its footprint follows the location; its words only while they are the hub's
        own. Once approved it stays as it was approved, until a crew knows that its words do not hold; of
        what is published the next version is drafted."""
        if draft.state in ENDED:
            return
        now_ns, starts_ns = draft.drafted_ns, draft.starts_ns
        fresh = self._drafted(incident, found, site, draft.id, now_ns, again.of_draft(draft), starts_ns)
        if draft.state is NoticeState.PUBLISHED:
            await following.follow(tx, self._plant, draft, fresh, found, self._clock.now_ns())
            return
        if draft.state is NoticeState.APPROVED and not following.lapsed(draft, fresh):
            return
        fresh = self._marked(replace(fresh, seq=draft.seq, progress=draft.progress, status=draft.status))
        fresh = replace(
            fresh, fire_told_ns=still_told(draft, replace(fresh, fire_told_ns=draft.fire_told_ns))
        )
        if draft.author != HUB:
            if "scope" in draft.written:
                told = following.worded(draft, fresh)
                if told != draft:
                    await self._write_notice(tx, wording.composed(replace(told, seq=draft.seq + 1)))
                return
            told = following.worded(following.placed(self._plant, draft, fresh), fresh)
            fresh = self._marked(wording.composed(told))
        wanted = {record.id: record for record in found.records(draft.id)}
        known = {record.id: record for record in await tx.find(Affected, notice=draft.id)}
        for gone in known.keys() - wanted.keys():
            await tx.delete(Affected, gone)
        await tx.put_many(record for id, record in wanted.items() if known.get(id) != record)
        if fresh != draft or known != wanted:
            await self._write_notice(tx, replace(fresh, seq=draft.seq + 1))

    def _drafted(
        self,
        incident: Incident,
        found: Footprint,
        site: Site,
        id: str,
        now_ns: int,
        before: again.Before | None,
        starts_ns: int,
    ) -> Notice:
        """As the hub would write it. before: the notice of it whose end was told; starts_ns: since when water
        is off then."""
        of = incident if before is None else again.began(incident, starts_ns)
        draft = drafting.notice(self._plant, of, found, id=id, now_ns=now_ns, times=self._times, site=site)
        return draft if before is None else again.worded(draft, before)

    def _marked(self, draft: Notice) -> Notice:
        """What began in an exercise stays one: nobody was told of it."""
        return replace(draft, status=Status.EXERCISE) if self._exercise else draft

    async def _write_notice(self, tx: Tx, notice: Notice) -> None:
        await tx.put(notice)
        await tx.emit(versions.event_of(notice, self._clock.now_ns()))


async def _with_heads(tx: Tx, incidents: Sequence[str]) -> list[str]:
    """With what they were put into, which speaks for them: what a crew does there changes what it says."""
    heads = [await head_of(tx, id) for id in incidents]
    return list(dict.fromkeys((*incidents, *heads)))


def _worked_on(events: Sequence[Event]) -> list[str]:
    """Incidents of orders that changed, each once."""
    found = (event.data.get("incident") for event in events if event.kind is EventKind.WORK_ORDER)
    return list(dict.fromkeys(str(incident) for incident in found if incident))


def _concerned(events: Sequence[Event]) -> list[str]:
    """Incidents to look at, each once: those that changed, those whose main a crew has parted, since from
    then on it is known who is without water, and those whose notice was withdrawn, for they may stand."""
    found = (
        event.subject if event.kind is EventKind.INCIDENT else event.data.get("incident")
        for event in events
        if event.kind is EventKind.INCIDENT
        or (event.kind is EventKind.WORK_ORDER and event.data["state"] == WorkOrderState.ISOLATED)
        or withdrawn(event)
    )
    return list(dict.fromkeys(str(incident) for incident in found if incident))
