"""Snapshots for the citizens' pages: an ordinary day, a burst, a dead probe, and what lies too long."""

from dataclasses import replace

from core.model.clock import Anchor
from core.model.snapshot import (
    Area,
    PublicNotice,
    PublicPoint,
    PublicReply,
    PublicSnapshot,
    PublicStreet,
    PublicTracking,
    PublicVersion,
    Reading,
    ReadingState,
)
from core.model.text import Text
from core.model.tracking import key_of
from public_portal.sentences import fingerprints

S = 1_000_000_000
MIN, HOUR = 60 * S, 3600 * S
NOW = 1_795_360_200 * S
"""2026-11-22T15:10:00Z: Sunday 22 November, 23:10 in Shanghai."""
KEY = bytes(range(32))
STILL = Anchor(0, NOW + 20 * S, 0.0)
"""Plant time stands twenty seconds after the snapshot was made."""

_NAMES = (
    *(("城东片区", "East district"), ("城西片区", "West district"), ("老城片区", "Old town")),
    *(("滨江片区", "Riverside"), ("学府片区", "University quarter"), ("北站片区", "North station")),
    *(("高新片区", "Hi-tech park"), ("南湖片区", "South lake")),
)
_STREETS = (
    *(("人民路", "Renmin Road"), ("中山路", "Zhongshan Road"), ("解放路", "Jiefang Road")),
    *(("建设大道", "Jianshe Avenue"), ("和平街", "Heping Street"), ("湖滨路", "Hubin Road")),
    *(("青年路", "Qingnian Road"), ("光明巷", "Guangming Lane")),
)


def reading(
    parameter: str, value: float | None, low: float, high: float, state: ReadingState = ReadingState.NORMAL
) -> Reading:
    unit = {"free_chlorine": "mg/L", "turbidity": "NTU", "ph": "pH"}[parameter]
    at_ns = None if value is None else NOW - NOW % MIN
    return Reading(
        parameter=parameter,
        unit=unit,
        state=state,
        value=value,
        at_ns=at_ns,
        usual_low=low,
        usual_high=high,
    )


def area(n: int, *states: ReadingState) -> Area:
    normal = ReadingState.NORMAL
    chlorine, turbidity, ph = (*states, normal, normal, normal)[:3]
    name = _NAMES[n]
    raised = 0.44 if chlorine is ReadingState.WATCH else 0.0
    silent = {ReadingState.NO_DATA, ReadingState.MAINTENANCE}
    return Area(
        id=f"dma-{n + 1:02d}",
        name=Text(*name),
        readings=(
            reading(
                "free_chlorine",
                None if chlorine in silent else 0.42 + n * 0.013 + raised,
                0.31 + n / 100,
                0.58,
                chlorine,
            ),
            reading("turbidity", None if turbidity in silent else 0.14 + n * 0.02, 0.09, 0.31, turbidity),
            reading("ph", None if ph in silent else 7.31 + n * 0.02, 7.18, 7.52, ph),
        ),
        streets=tuple(Text(*_STREETS[(n * 2 + i) % len(_STREETS)]) for i in range(3)),
    )


def said(version: int, change: str, sent_ns: int) -> PublicVersion:
    """A version in two sentences."""
    hour = version + 5
    body = Text(
        f"城东片区人民路供水管道破裂，正在抢修。\n预计恢复：11月23日(周一)0{hour}:30。",
        f"A main has burst on Renmin Road.\nExpected back: Mon 23 Nov, 0{hour}:30.",
    )
    return PublicVersion(
        version=version,
        change=change,
        sent_ns=sent_ns,
        title=Text("城东片区人民路供水管道抢修停水公告", "Emergency repair: Renmin Road, East district"),
        body=body,
        sha256=f"{version:02x}" * 32,
        sentences=fingerprints([body.zh, body.en]),
    )


def notice(id: str = "NTC-20261122-00001", **more: object) -> PublicNotice:
    made = PublicNotice(
        id=id,
        version=2,
        kind="emergency_outage",
        area="dma-01",
        title=Text(
            "城东片区人民路供水管道抢修停水公告",
            "Emergency repair, water interrupted: Renmin Road, East district",
        ),
        body=Text(
            "11月22日(周日)22:10，城东片区一处供水管道发生故障，正在组织抢修。\n"
            "抢修期间，以下路段可能停水或水压偏低：人民路40–58号、中山路。\n"
            "预计11月23日(周一)03:30至08:30恢复供水。下次通报不晚于11月23日(周一)00:05。\n"
            "咨询请拨打 96000（24小时）。示例水务",
            "A water main in East district failed at Sun 22 Nov, 22:10. Repair is being organised.\n"
            "While it is repaired, water may be off or weak in: Renmin Road 40–58, Zhongshan Road.\n"
            "Water is expected back Mon 23 Nov, 03:30–08:30. Next update by Mon 23 Nov, 00:05.\n"
            "Questions: 96000, day and night. Example Water",
        ),
        advice=Text(
            "若家中仍有水，请储备必要的生活用水，并关好水龙头。恢复供水后，请先打开水龙头放水至清澈再使用。",
            "If you still have water, store what you need. Keep taps closed. "
            "When water returns, run a cold tap until it is clear before use.",
        ),
        starts_ns=NOW - HOUR,
        published_ns=NOW - 5 * MIN,
        streets=(
            PublicStreet(name=Text("人民路", "Renmin Road"), numbers="40–58"),
            PublicStreet(name=Text("中山路", "Zhongshan Road")),
        ),
        connections=25,
        eta_earliest_ns=NOW + 4 * HOUR + 20 * MIN,
        eta_latest_ns=NOW + 9 * HOUR + 20 * MIN,
        next_update_ns=NOW + 55 * MIN,
        progress=(("reported", NOW - HOUR), ("located", NOW - 58 * MIN), ("isolated", NOW - 12 * MIN)),
        change="update",
        points=(
            PublicPoint(
                name=Text("市民广场", "Citizens' Square"),
                kind="tanker",
                state="open",
                hours=Text("每天6点到23点", "6 to 23 every day"),
            ),
            PublicPoint(name=Text("城东小学", "East primary school"), kind="standpipe", state="empty"),
        ),
        versions=(said(1, "first", NOW - 45 * MIN), said(2, "update", NOW - 5 * MIN)),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def ordinary(seq: int = 1, **more: object) -> PublicSnapshot:
    made = PublicSnapshot(
        seq=seq,
        made_ns=NOW,
        clock=STILL,
        utility=Text("示例水务", "Example Water"),
        hotline="96000",
        areas=tuple(area(n) for n in range(8)),
        notices=(),
    )
    return replace(made, **more)  # type: ignore[arg-type]


TOKEN = "k3v9q7xw2mfp8rtz4bhn6cdg0s1y"


def tracking(token: str = TOKEN, **more: object) -> PublicTracking:
    made = PublicTracking(
        key=key_of(token),
        matter=Text("无水", "No water"),
        reached=(
            ("received", NOW - 50 * MIN),
            ("dispatched", NOW - 45 * MIN),
            ("repair", NOW - 20 * MIN),
        ),
        until_ns=NOW + 90 * 24 * HOUR,
        notice="NTC-20261122-00001",
        next_update_ns=NOW + 55 * MIN,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def reply(**more: object) -> PublicReply:
    """To callers alone, of a fault that no notice told of."""
    title = Text(
        "大学城片区已于11月22日(周日)22:40恢复供水", "Water back in University town since Sun 22 Nov, 22:40"
    )
    body = Text("供水已恢复正常。\n请先放水至清。", "The supply is back to normal.\nRun the tap until clear.")
    made = PublicReply(
        number="INC-20261122-00003",
        area=Text("大学城片区", "University town"),
        sent_ns=NOW - 20 * MIN,
        over_ns=NOW - 30 * MIN,
        title=title,
        body=body,
        sentences=fingerprints([title.zh, title.en, body.zh, body.en]),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def burst(seq: int = 1) -> PublicSnapshot:
    checking, none = ReadingState.VERIFYING, ReadingState.NO_DATA
    changed = {
        1: area(1, ReadingState.WATCH),
        2: area(2, checking, checking, checking),
        4: area(4, none, none, none),
        5: area(5, ReadingState.MAINTENANCE),
        6: replace(area(6), readings=()),
    }
    areas = tuple(changed.get(n, area(n)) for n in range(8))
    return ordinary(seq, areas=areas, notices=(notice(),), tracking=(tracking(),), replies=(reply(),))


def stale(seq: int = 1) -> PublicSnapshot:
    """Lying for three hours; the notice's estimate has not passed, the next update has."""
    return replace(burst(seq), clock=Anchor(0, NOW + 3 * HOUR, 0.0))
