"""Whether callers hold up that water is back. A call says that something is wrong, not that it goes on: where
instruments of the incident have been back for a while, what was reported before they were says nothing any
more, and what is reported after does: there may be a second break, or some are still without (WO-03, ON-09);
one building alone is `stragglers`' matter.
"""

from collections.abc import Collection
from dataclasses import replace

from core.model.alarm import Alarm
from core.model.incident import OPEN, Incident
from core.model.phone_call import CallCluster, ClusterState, SymptomGroup, calls_alarm, told_by
from core.model.report import Channel, Report
from core.ports.ledger import Page, Tx
from response.hotline.around import recent_of_zone
from response.hotline.stragglers import alone
from response.hotline.symptoms import group_of
from response.orders.closing import STEADY_NS

OVER_NS = 2 * 3600 * 1_000_000_000
"""So long after its last report a cluster is over that no instrument speaks of."""
_ENDED = 50


async def looked_at(tx: Tx, cluster: CallCluster, now_ns: int) -> CallCluster:
    """An open cluster as it is now: over, or with how many calls hold it up."""
    back_ns = await _back_ns(tx, cluster)
    after = [] if back_ns is None else await since_back(tx, cluster, back_ns)
    if await alone(tx, cluster, after, now_ns):
        after = []
    fresh = replace(cluster, back_ns=back_ns, after_back=len(after))
    if back_ns is not None and not after and now_ns - back_ns >= STEADY_NS:
        fresh = replace(fresh, state=ClusterState.OVER)
    elif now_ns - cluster.last_ns > max(OVER_NS, int(cluster.window_s * 1_000_000_000)):
        fresh = replace(fresh, state=ClusterState.OVER, back_ns=None)
    return fresh if fresh == cluster else replace(fresh, seq=cluster.seq + 1)


async def answered_until(tx: Tx, zones: Collection[str], group: SymptomGroup) -> dict[str, int]:
    """What was reported of a zone until then makes no new cluster: the instruments are back since. 0: for
    nothing."""
    ended = await tx.find(CallCluster, Page(limit=_ENDED), group=group, state=ClusterState.OVER)
    until = dict.fromkeys(zones, 0)
    for one in reversed(ended):
        until |= dict.fromkeys(until.keys() & set(one.everywhere), one.back_ns or 0)
    return until


async def since_back(tx: Tx, cluster: CallCluster, back_ns: int) -> list[Report]:
    """Whoever rings up now, though a notice told of the matter: that one says that it is over."""
    return [
        report
        for zone in cluster.everywhere
        for report in await recent_of_zone(tx, zone, back_ns + 1)
        if group_of(report.symptom) is cluster.group and report.channel is not Channel.STAFF
    ]


async def _back_ns(tx: Tx, cluster: CallCluster) -> int | None:
    """Since when all instruments of its incident are back and can be believed; None while one is not, and
    where callers alone are in it. The whole town's calls are about more than one zone's instruments."""
    if cluster.regional:
        return None
    own = await tx.get(Alarm, calls_alarm(cluster.zone, cluster.group))
    incident = await tx.get(Incident, own.incident) if own and own.active and own.incident else None
    if incident is None or incident.state not in OPEN:
        return None
    names = {member.alarm for member in incident.members if told_by(member.alarm) is None}
    alarms = await tx.find(Alarm, id=tuple(names)) if names else []
    ends = [one.cleared_ns for one in alarms if not one.active and not one.quality >> 31]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(names) else None
