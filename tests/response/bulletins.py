"""Bulletins to render: a burst, planned work, boiling, and whatever hypothesis thinks of."""

from dataclasses import replace

from hypothesis import strategies as st

from core.model.bulletin import (
    Bulletin,
    Change,
    Estimate,
    Position,
    Reference,
    Status,
    Supply,
    WaterPoint,
)
from core.model.notice import NoticeKind
from core.model.snapshot import PublicStreet
from core.model.text import Text
from response.renderings.feed import Site

S = 1_000_000_000
MIN, HOUR = 60 * S, 3600 * S
T0 = 1_795_357_860 * S
"""2026-11-22T14:31:00Z: Sunday 22 November, 22:31 in Shanghai."""
RING = (
    Position(25.270, 110.280),
    Position(25.280, 110.280),
    Position(25.280, 110.295),
    Position(25.270, 110.280),
)
SITE = Site("https://water.example.cn", Text("示例水务", "Example Water"), "notice@water.example.cn")


def burst(**more: object) -> Bulletin:
    made = Bulletin(
        number="NTC-20261122-00042",
        version=3,
        identifier="urn:waterhub:demo:NTC-20261122-00042:3",
        sender="notice@water.example.cn",
        references=(
            Reference("urn:waterhub:demo:NTC-20261122-00042:1", T0 - 17 * MIN),
            Reference("urn:waterhub:demo:NTC-20261122-00042:2", T0 - 11 * MIN),
        ),
        kind=NoticeKind.EMERGENCY_OUTAGE,
        supply=Supply.NONE,
        change=Change.UPDATE,
        sent_ns=T0,
        starts_ns=T0 - 21 * MIN,
        estimate=Estimate(T0 + 5 * HOUR, T0 + 6 * HOUR, T0 + 9 * HOUR),
        next_update_ns=T0 + 59 * MIN,
        expires_ns=T0 + 24 * HOUR,
        utility=Text("示例水务", "Example Water"),
        hotline="96000",
        title=Text("人民路片区抢修停水公告", "Water off for repairs: Renmin Road"),
        area=Text("人民路以东、解放路以北", "East of Renmin Road, north of Jiefang Road"),
        streets=(
            PublicStreet(name=Text("人民路", "Renmin Road"), numbers="40–58"),
            PublicStreet(name=Text("中山路", "Zhongshan Road")),
        ),
        ring=RING,
        adcode="450302",
        reason=Text("供水管道破裂", "a burst main"),
        description=Text(
            "人民路DN400供水管道破裂。抢修队正在关阀抢修。",
            "A DN400 main has burst on Renmin Road. Our crew is closing valves to repair it.",
        ),
        instruction=Text(
            "请提前储水，并关好水龙头。恢复供水后，请先放水至清澈再使用。",
            "Store some water now and keep taps closed. When it is back, run a cold tap until clear.",
        ),
        water_points=(
            WaterPoint(
                name=Text("市民广场水车", "Tanker at Citizens' Square"),
                kind="tanker",
                state="open",
                hours=Text("每天6点到23点", "open 6 to 23 every day"),
                at=Position(25.275, 110.285),
            ),
        ),
        connections=1240,
        incident="INC-20261122-00017",
        url="https://water.example.cn/notice/NTC-20261122-00042",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def planned(**more: object) -> Bulletin:
    start = T0 + 40 * HOUR
    made = burst(
        version=1,
        identifier="urn:waterhub:demo:NTC-20261122-00043:1",
        number="NTC-20261122-00043",
        references=(),
        kind=NoticeKind.PLANNED_OUTAGE,
        change=Change.FIRST,
        starts_ns=start,
        estimate=Estimate(start + 7 * HOUR, start + 7 * HOUR, start + 8 * HOUR),
        next_update_ns=None,
        expires_ns=start + 24 * HOUR,
        reason=Text("更换阀门", "a valve is replaced"),
        description=Text("因更换阀门，需要停水施工。", "We must cut the water to replace a valve."),
        approval="桂水停〔2026〕118号",
        incident=None,
        url="https://water.example.cn/notice/NTC-20261122-00043",
    )
    return replace(made, **more)


def boil(**more: object) -> Bulletin:
    made = burst(
        kind=NoticeKind.BOIL,
        supply=Supply.QUALITY,
        estimate=None,
        reason=Text("水样检出细菌", "germs found in a sample"),
        description=Text("水样中检出大肠菌群。", "We found germs in a sample."),
        instruction=Text(
            "饮用前请煮沸1分钟。不要直接饮用生水。", "Boil water for one minute before you drink it."
        ),
    )
    return replace(made, **more)


def restored(b: Bulletin) -> Bulletin:
    back = max(b.starts_ns, b.sent_ns) + 3 * HOUR
    return replace(
        next_version(b),
        change=Change.RESTORED,
        estimate=None,
        next_update_ns=None,
        restored_ns=back,
        sent_ns=back + 5 * MIN,
        expires_ns=back + 48 * HOUR,
    )


def cancelled(b: Bulletin) -> Bulletin:
    return replace(
        next_version(b),
        change=Change.CANCELLED,
        estimate=None,
        next_update_ns=None,
        reason=Text("施工取消", "the work is called off"),
    )


def next_version(b: Bulletin, **more: object) -> Bulletin:
    stem = b.identifier.rpartition(":")[0]
    made = replace(
        b,
        version=b.version + 1,
        identifier=f"{stem}:{b.version + 1}",
        references=(*b.references, Reference(b.identifier, b.sent_ns)),
        change=Change.UPDATE,
        sent_ns=b.sent_ns + 30 * MIN,
    )
    return replace(made, **more)  # type: ignore[arg-type]


_NAMES = st.text("人民中山解放湖滨青年建设和平光明东西南北路街巷大道", min_size=2, max_size=60)
_ENGLISH = st.text("abcdefghijklmnop qrstuvwxyz", min_size=3, max_size=140).map(lambda s: f"Road {s.strip()}")
_places = st.builds(Text, _NAMES, _ENGLISH)


@st.composite
def any_bulletin(draw: st.DrawFn) -> Bulletin:
    """Every kind, change and status, times to the minute, names short and absurdly long."""
    base = draw(st.sampled_from([burst(), planned(), boil()]))
    kind = base.kind if base.planned else draw(st.sampled_from(list(NoticeKind)))
    starts = base.starts_ns + draw(st.integers(-600, 600)) * MIN
    first = max(starts, base.sent_ns) + draw(st.integers(1, 3000)) * MIN
    likely = first + draw(st.integers(0, 300)) * MIN
    known = kind is NoticeKind.PLANNED_OUTAGE or draw(st.booleans())
    made = replace(
        base,
        kind=kind,
        supply=draw(st.sampled_from(list(Supply))),
        status=draw(st.sampled_from(list(Status))),
        starts_ns=starts,
        estimate=Estimate(first, likely, likely + draw(st.integers(0, 300)) * MIN) if known else None,
        overdue=draw(st.booleans()) if known else False,
        next_update_ns=draw(st.none() | st.integers(1, 2000).map(lambda m: base.sent_ns + m * MIN)),
        area=draw(_places),
        streets=tuple(
            PublicStreet(name=name, numbers=draw(st.sampled_from([None, "2–48"])))
            for name in draw(st.lists(_places, max_size=12))
        ),
        ring=draw(st.sampled_from([None, RING])),
        connections=draw(st.none() | st.integers(10, 60_000)),
        short_notice=draw(st.booleans()),
        hospital_inside=draw(st.booleans()),
    )
    made = replace(made, expires_ns=max(made.expires_ns, likely + 600 * MIN, made.starts_ns + 600 * MIN))
    after = draw(st.sampled_from([None, restored, cancelled]))
    return replace(after(made), overdue=False) if after else made
