"""The service's figures of a period, and what the supervising authority is told."""

from collections import Counter, defaultdict
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id, Time
from api.permissions import Limit, Permission
from api.problems import Problem, not_found
from api.wire import Answer, Json, parse_time, plain, rfc3339
from core.model.callback import Callback
from core.model.duty import Duty, DutyAbout
from core.model.outage import AuthorityReport, Outage, ReportState
from core.model.work_order import WorkOrder
from core.ports.ledger import Page
from response.clocks.board import cards_of
from response.clocks.figures import idle_rows, lost, satisfaction, timeliness
from response.duties.figures import Heard, heard, stands
from response.outage_report import decided
from response.outages import as_of
from response.proportion import Proportion

DAY_NS = 86_400 * 1_000_000_000
USUAL_DAYS = 30
MOST_ORDERS = 2_000


class Decision(BaseModel):
    """number: the authority's receipt, for a filed one; note: why, for one that need not be."""

    model_config = ConfigDict(extra="forbid")
    number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None


async def figures(here: Here, caller: Asker, start: Time | None = None, end: Time | None = None) -> Answer:
    """Of the last 30 days unless asked otherwise. `orders`: how many were looked at; `more`: there are older
    ones that were not."""
    times, now_ns = here.deps.times, here.deps.clock.now_ns()
    until_ns = parse_time(end) if end else now_ns
    from_ns = parse_time(start) if start else until_ns - USUAL_DAYS * DAY_NS
    if from_ns >= until_ns:
        raise Problem(422, "invalid", "start comes before end")
    async with here.deps.ledger.read() as tx:
        orders = await tx.find(WorkOrder, Page(MOST_ORDERS + 1))
        looked = orders[:MOST_ORDERS]
        cards = await cards_of(tx, times, looked, now_ns)
        callbacks = await tx.within(Callback, "made_ns", from_ns, until_ns)
        began = await tx.within(Outage, "started_ns", from_ns, until_ns)
        duties = await tx.within(Duty, "fell_ns", from_ns, until_ns)
    clocks = [row for card in cards for row in card.clocks]
    said = satisfaction(callbacks, times.file.callbacks.satisfied)
    idle = idle_rows(cards, times, from_ns, until_ns, now_ns)
    rows = [plain(row) for row in idle]
    if caller.limit is Limit.NO_NAMES:
        rows = [row | {"person": None} for row in rows]
    return Answer(
        {
            "start": rfc3339(from_ns),
            "end": rfc3339(until_ns),
            "profile": times.name,
            "orders": len(looked),
            "more": len(orders) > MOST_ORDERS,
            "timeliness": [
                {"clock": row.clock, "met": _share(row.met), "met_paused": _share(row.met_paused)}
                for row in timeliness(clocks, from_ns, until_ns)
            ],
            "idle": rows,
            "satisfaction": _share(said.satisfied),
            "response": _share(said.response),
            "coverage": _share(said.coverage),
            "marks": {str(mark): n for mark, n in said.marks.items()},
            "satisfied_from": times.file.callbacks.satisfied,
            "lost": [plain(row) for row in lost([as_of(one, now_ns) for one in began], from_ns, until_ns)],
            "duties": [_heard(row) for row in heard(duties, now_ns)],
        }
    )


def _share(of: Proportion) -> Json:
    """low, high: Wilson's 95 % interval; null of nothing."""
    low, high = of.interval or (None, None)
    return {"hits": of.hits, "n": of.n, "share": of.share, "low": low, "high": high, "words": of.words}


def _heard(row: Heard) -> Json:
    shown: Json = plain(row)
    return shown | {"n": row.n, "met": _share(Proportion(row.in_time, row.n))}


async def list_outages(here: Here) -> Answer:
    """The newest first, of one that lasts with the minutes up to now. duties: of its key customers, how many
    heard that water was off."""
    now_ns = here.deps.clock.now_ns()
    async with here.deps.ledger.read() as tx:
        found = await tx.find(Outage, Page(500))
        duties = await tx.find(Duty, incident=tuple(one.id for one in found)) if found else []
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for duty in duties:
        name = stands(duty, now_ns) if duty.about is DutyAbout.WATER_OFF else None
        if duty.incident is not None and name is not None:
            told[duty.incident][name] += 1
    items = [plain(as_of(one, now_ns)) | {"duties": dict(told[one.id])} for one in found]
    return Answer({"items": items})


async def list_reports(here: Here, caller: Asker, state: ReportState | None = None) -> Answer:
    """The newest first."""
    asked: dict[str, Any] = {} if state is None else {"state": state}
    async with here.deps.ledger.read() as tx:
        found = await tx.find(AuthorityReport, Page(200), **asked)
    hidden = ("decided_by", "note") if caller.limit is Limit.NO_NAMES else ()
    items = [{k: v for k, v in plain(one).items() if k not in hidden} for one in found]
    return Answer({"items": items})


async def decide(here: Here, caller: Asker, id: Id, act: Id, body: Decision) -> Answer:
    """`file` takes the authority's receipt, `decline` a reason. 409 once it was decided."""
    if act not in ("file", "decline"):
        raise not_found("decision", act)
    async with here.deps.ledger.begin() as tx:
        after = await decided(
            tx,
            id,
            ReportState.FILED if act == "file" else ReportState.DECLINED,
            caller.user,
            here.deps.clock.now_ns(),
            number=body.number,
            note=body.note,
        )
    return Answer(plain(after))


DOORS = (
    Door("GET", "/api/v1/service-figures", figures, Permission.REPORTS),
    Door("GET", "/api/v1/outages", list_outages, Permission.REPORTS),
    Door("GET", "/api/v1/authority-reports", list_reports, Permission.REPORTS),
    Door("POST", "/api/v1/authority-reports/{id}/{act}", decide, Permission.FILE_REPORT),
)
