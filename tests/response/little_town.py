"""A town of two streets, small enough to know by heart.

    tank ──p0── j0 ──p1── j1 ──p2── j2          人民路 (s-1): j1, j2, with 30 and 25 connections
                 └───p3── j3 ──p4── j4          中山路 (s-2): j3 (4 connections), j4 (a hospital)

Valves stand on p1 and p3 at j0 and on p2 at j1: closing for p2 cuts off j2 alone, for p1 j1 and j2.
"""

from collections.abc import Mapping
from dataclasses import replace

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Account, Role, Segment, User
from core.model.event import Event, EventKind
from core.model.incident import Candidate, Incident, IncidentKind, IncidentState, Location
from core.model.network import IsolationValve, Link, LinkKind, Network, Node, NodeKind
from core.model.plant import Crew, Plant, Street, Utility, Zone, ZoneKind
from core.model.tag import Quantity, Tag
from core.model.text import Text
from tests.limits_here import shipped

S = 1_000_000_000
MIN, HOUR = 60 * S, 3600 * S
T0 = 1_795_356_600 * S
"""2026-11-22T14:10:00Z: Sunday 22 November, 22:10 in Shanghai."""


def _node(id: str, x: float, y: float = 0.0, kind: NodeKind = NodeKind.JUNCTION) -> Node:
    return Node(id, kind, x, y, 0.0, "dma-01")


def _pipe(id: str, a: str, b: str, street: str | None, mm: float = 200.0) -> Link:
    return Link(id, LinkKind.PIPE, a, b, 100.0, mm, zone="dma-01", street=street)


def _tag(id: str, quantity: Quantity, unit: str, node: str, low: float, high: float) -> Tag:
    return Tag(
        id=id,
        quantity=quantity,
        unit=unit,
        name=Text(id, id),
        station="st-01",
        period_s=1.0,
        zone="dma-01",
        node=node,
        low=low,
        high=high,
        public=quantity is not Quantity.PRESSURE,
    )


def with_streets(streets: Mapping[str, Street]) -> Plant:
    """The town with these streets alone, and nothing that reports."""
    return replace(plant(), tags={}, streets=streets, places={}, crews={})


def plant() -> Plant:
    nodes = [
        _node("tank", 0, kind=NodeKind.TANK),
        *(_node("j0", 100), _node("j1", 200), _node("j2", 300), _node("j3", 100, 100), _node("j4", 100, 200)),
    ]
    links = [
        _pipe("p0", "tank", "j0", None, 400.0),
        *(_pipe("p1", "j0", "j1", "s-1"), _pipe("p2", "j1", "j2", "s-1")),
        *(_pipe("p3", "j0", "j3", "s-2"), _pipe("p4", "j3", "j4", "s-2")),
    ]
    valves = [
        IsolationValve("v1", "p1", "j0"),
        IsolationValve("v2", "p2", "j1"),
        IsolationValve("v3", "p3", "j0"),
    ]
    tags = [
        _tag("dma-01.p1", Quantity.PRESSURE, "m", "j1", 0, 100),
        _tag("dma-01.p2", Quantity.PRESSURE, "m", "j4", 0, 100),
        _tag("q-01.free_chlorine", Quantity.FREE_CHLORINE, "mg/L", "j2", 0, 5),
        _tag("q-01.turbidity", Quantity.TURBIDITY, "NTU", "j2", 0, 100),
        _tag("q-01.ph", Quantity.PH, "pH", "j2", 0, 14),
    ]
    return Plant(
        utility=Utility(id="demo", name=Text("示例水务", "Example Water"), hotline="96000"),
        zones={
            "dma-01": Zone(id="dma-01", name=Text("城东片区", "East district"), kind=ZoneKind.DMA),
            "dma-02": Zone(id="dma-02", name=Text("城西片区", "West district"), kind=ZoneKind.DMA),
            "plant-1": Zone(id="plant-1", name=Text("一水厂", "Plant 1"), kind=ZoneKind.PLANT),
        },
        tags={tag.id: tag for tag in tags},
        streets={
            "s-1": Street(id="s-1", name=Text("人民路", "Renmin Road"), zone="dma-01"),
            "s-2": Street(id="s-2", name=Text("中山路", "Zhongshan Road"), zone="dma-01"),
            "s-9": Street(id="s-9", name=Text("西湖路", "Xihu Road"), zone="dma-02"),
        },
        places={},
        crews={"crew-1": Crew(id="crew-1", name=Text("抢修一班", "Repair crew 1"))},
        network=Network(
            {node.id: node for node in nodes},
            {link.id: link for link in links},
            {valve.id: valve for valve in valves},
        ),
        limits=shipped(),
    )


def account(
    n: int, node: str, street: str, name: str, house: int, segment: Segment = Segment.GENERAL
) -> Account:
    return Account(
        id=f"A{n:06d}",
        street=street,
        address=f"{name}{house}号3栋{n}室",
        building=f"{name}{house}号3栋",
        storey=1 + n % 6,
        zone="dma-01",
        node=node,
        meter=f"M{n:06d}",
        segment=segment,
    )


def accounts() -> list[Account]:
    j1 = [account(n, "j1", "s-1", "人民路", 2 + 2 * (n % 10)) for n in range(1, 31)]
    j2 = [account(n, "j2", "s-1", "人民路", 40 + 2 * (n % 10)) for n in range(31, 56)]
    j3 = [account(n, "j3", "s-2", "中山路", n) for n in range(56, 60)]
    return [*j1, *j2, *j3, account(60, "j4", "s-2", "中山路", 99, Segment.HOSPITAL)]


def users() -> list[User]:
    return [
        User(
            id=f"user-{role.value}",
            role=role,
            password_hash="-",
            crew="crew-1" if role is Role.CREW else None,
        )
        for role in Role
    ]


def user(role: Role, id: str | None = None, crew: str | None = None) -> User:
    return User(id=id or f"user-{role.value}", role=role, password_hash="-", crew=crew)


def burst(
    state: IncidentState = IncidentState.CONFIRMED,
    pipe: str | None = "p2",
    radius_m: float = 0.0,
    id: str = "INC-1",
) -> Incident:
    where = (
        Location(
            candidates=(Candidate(link=pipe, share=0.6, x=0, y=0),),
            at_ns=T0,
            radius_m=radius_m,
            method="test",
        )
        if pipe
        else None
    )
    return Incident(
        id=id,
        kind=IncidentKind.BURST,
        state=state,
        opened_ns=T0,
        confirmed_ns=T0,
        zone="dma-01",
        title=Text("疑似爆管", "Suspected burst"),
        location=where,
        size_m3h=40.0,
    )


def quality(state: IncidentState = IncidentState.CONFIRMED, id: str = "INC-Q") -> Incident:
    return Incident(
        id=id,
        kind=IncidentKind.WATER_QUALITY,
        state=state,
        opened_ns=T0,
        confirmed_ns=T0,
        zone="dma-01",
        title=Text("余氯偏低", "Low free chlorine"),
    )


async def report(ledger: SqlLedger, incident: Incident) -> Event:
    """What the correlator does: the incident and its event in one transaction."""
    event = Event(kind=EventKind.INCIDENT, subject=incident.id, t_ns=T0, zone=incident.zone)
    async with ledger.begin() as tx:
        await tx.put(incident)
        id = await tx.emit(event)
    return Event(kind=event.kind, subject=event.subject, t_ns=event.t_ns, zone=event.zone, id=id)
