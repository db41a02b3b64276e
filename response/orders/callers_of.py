"""Clusters of callers that an incident has."""

from core.model.incident import Incident
from core.model.phone_call import CallCluster, ClusterState, told_by
from core.ports.ledger import Tx


async def clusters_in(tx: Tx, incident: Incident) -> list[CallCluster]:
    """Those that stand, and whose alarm is in it."""
    told = [told for member in incident.members if (told := told_by(member.alarm))]
    found = [await tx.find(CallCluster, zone=z, group=g, state=ClusterState.OPEN) for z, g in told]
    return [cluster for some in found for cluster in some]


async def standing_in(tx: Tx, incident: str | None) -> list[CallCluster]:
    """The same of an order's incident, where it has one."""
    known = await tx.get(Incident, incident) if incident else None
    return await clusters_in(tx, known) if known is not None else []
