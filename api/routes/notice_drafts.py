"""What people write for the public: drafts, edits and the next version of what is published."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id, Time
from api.permissions import Permission
from api.problems import Problem
from api.routes.notices import Read, seen_in, shown
from api.wire import Answer, parse_time
from core.model.notice import (
    AuthorityReport,
    NoticeKind,
    Position,
    QualityFacts,
    Status,
    Supply,
    WaterPoint,
)
from core.model.text import Text
from response.notices import drafts
from response.notices.drafts import Wish
from response.notices.scope import Scope
from response.refused import Refused

Ids = Annotated[tuple[Id, ...], Field(max_length=500)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Words(_Body):
    """In both languages."""

    zh: Prose
    en: Prose

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


class Point(_Body):
    """Where people fetch water. at: latitude and longitude, WGS-84."""

    name: Words
    kind: Annotated[str, Field(pattern="^(tanker|standpipe|bottled)$")]
    state: Annotated[str, Field(pattern="^(planned|en_route|open|empty|closed)$")]
    hours: Words | None = None
    note: Words | None = None
    at: tuple[float, float] | None = None
    capacity_l: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    left_l: Annotated[int, Field(ge=0, le=1_000_000)] | None = None

    @property
    def point(self) -> WaterPoint:
        return WaterPoint(
            name=self.name.text,
            kind=self.kind,
            state=self.state,
            hours=self.hours.text if self.hours else None,
            note=self.note.text if self.note else None,
            at=Position(*self.at) if self.at else None,
            capacity_l=self.capacity_l,
            left_l=self.left_l,
        )


class Estimate(_Body):
    """UTC or with an offset; all None: no estimate is known. basis: what it rests on."""

    earliest: Time | None = None
    likely: Time | None = None
    latest: Time | None = None
    basis: Words | None = None


class Reported(_Body):
    """An emergency told to the authority instead of an approval: to whom and when."""

    to: Words
    at: Time


class Quality(_Body):
    """What people must be told of doubtful water (40 CFR 141.205). authority: in both languages; one text for
    both is taken too. confirmed: when the result was."""

    finding: Words
    effects: Words
    risk: Words
    doing: Words
    alternatives: Words
    authority: Words | Line = ""
    lab: Line = ""
    confirmed: Time | None = None


class Where(_Body):
    """pipes to be shut off; else whole streets; else zones. kept: streets of which it has whom it had, beside
    whole ones. without, also: single accounts, by hand. hub: what the hub reckons, and nothing else."""

    pipes: Ids = ()
    streets: Ids = ()
    zones: Ids = ()
    kept: Ids = ()
    without: Ids = ()
    also: Ids = ()
    hub: bool = False


class Content(_Body):
    """What is given is said; what is left out stays as it is, or as the kind's template has it."""

    title: Words | None = None
    place: Words | None = None
    description: Words | None = None
    reason: Words | None = None
    advice: Words | None = None
    starts: Time | None = None
    estimate: Estimate | None = None
    next_update: Time | None = None
    water_points: Annotated[tuple[Point, ...], Field(max_length=50)] | None = None
    approval: Line | None = None
    reported: Reported | None = None
    late_reason: Line | None = None
    quality: Quality | None = None
    scope: Where | None = None
    supply: Supply | None = None

    def wish(self, by: str) -> Wish:
        words = ("title", "place", "description", "reason", "advice")
        told = {name: value.text for name in words if (value := getattr(self, name)) is not None}
        estimate = self.estimate or Estimate()
        return Wish(
            **told,
            starts_ns=_ns(self.starts),
            estimated=self.estimate is not None,
            eta_earliest_ns=_ns(estimate.earliest),
            eta_likely_ns=_ns(estimate.likely),
            eta_latest_ns=_ns(estimate.latest),
            basis=estimate.basis.text if estimate.basis else None,
            next_update_ns=_ns(self.next_update),
            water_points=tuple(p.point for p in self.water_points) if self.water_points is not None else None,
            approval=self.approval,
            reported=_reported(self.reported, by),
            late_reason=self.late_reason,
            quality=_quality(self.quality),
            scope=Scope(**dict(self.scope)) if self.scope else None,
            supply=self.supply,
        )


class Draft(Content):
    kind: NoticeKind
    status: Status = Status.ACTUAL
    scope: Where


class Edit(Content):
    """seq: of what is being prepared, as its author saw it."""

    seq: Annotated[int, Field(ge=0, le=2**53)]


def _ns(time: str | None) -> int | None:
    return parse_time(time) if time else None


def _reported(told: Reported | None, by: str) -> AuthorityReport | None:
    return AuthorityReport(to=told.to.text, at_ns=parse_time(told.at), by=by) if told else None


def _quality(told: Quality | None) -> QualityFacts | None:
    if told is None:
        return None
    words = {
        name: getattr(told, name).text for name in ("finding", "effects", "risk", "doing", "alternatives")
    }
    authority = told.authority if isinstance(told.authority, str) else told.authority.text
    return QualityFacts(**words, authority=authority, lab=told.lab, confirmed_ns=_ns(told.confirmed))


async def create(here: Here, caller: Asker, body: Draft) -> Answer:
    """A notice that a person writes. Another person approves it."""
    now_ns = here.deps.clock.now_ns()
    wish = body.wish(caller.user.id)
    status = Status.EXERCISE if here.deps.exercise else body.status
    async with here.deps.ledger.begin() as tx:
        made = await drafts.draft(tx, here.deps.plant, body.kind, wish, caller.user, now_ns, status)
        answer = await shown(tx, made.id, now_ns)
    return Answer(answer, 201)


async def edit(here: Here, caller: Asker, id: Id, body: Edit) -> Answer:
    """405 of what is published: it is never edited, an update follows it."""
    now_ns, plant = here.deps.clock.now_ns(), here.deps.plant
    try:
        async with here.deps.ledger.begin() as tx:
            await drafts.edit(tx, plant, id, body.seq, body.wish(caller.user.id), caller.user, now_ns)
            answer = await shown(tx, id, now_ns)
    except Refused as refused:
        if refused.reason != "published":
            raise
        raise _not_edited(refused) from refused
    return Answer(answer)


def _not_edited(refused: Refused) -> Problem:
    why = {"zh": refused.why.zh, "en": refused.why.en}
    allowed = list(refused.allowed)
    return Problem(405, "published", refused.why.en, headers={"Allow": "GET"}, why=why, allowed=allowed)


async def update(here: Here, caller: Asker, id: Id, body: Content) -> Answer:
    """Begins the next version of what is published; it is approved and published as the first was."""
    now_ns, plant = here.deps.clock.now_ns(), here.deps.plant
    async with here.deps.ledger.begin() as tx:
        await drafts.update(tx, plant, id, body.wish(caller.user.id), caller.user.id, now_ns)
        answer = await shown(tx, id, now_ns)
    return Answer(answer, 201)


async def drop(here: Here, caller: Asker, id: Id, body: Read | None = None) -> Answer:
    """The version that is being prepared is not said; 409 `stale` unless as it was read."""
    now_ns = here.deps.clock.now_ns()
    async with here.deps.ledger.begin() as tx:
        await drafts.drop(tx, id, now_ns, seen=seen_in(body))
        answer = await shown(tx, id, now_ns)
    return Answer(answer)


_PATH = "/api/v1/notices"
DOORS = (
    Door("POST", _PATH, create, Permission.DRAFT_NOTICE, 201),
    Door("PUT", f"{_PATH}/{{id}}", edit, Permission.DRAFT_NOTICE),
    Door("POST", f"{_PATH}/{{id}}/updates", update, Permission.DRAFT_NOTICE, 201),
    Door("POST", f"{_PATH}/{{id}}/drop", drop, Permission.DRAFT_NOTICE),
)
