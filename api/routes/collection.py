"""Health of collection, for the desk's engineer: every connection, device and tag, spool and quarantine."""

from api.collection import details, overview
from api.context import Here
from api.gate import Door
from api.parameters import Id
from api.permissions import Permission
from api.problems import not_found
from api.wire import Answer


async def collection(here: Here) -> Answer:
    """All connections, the spool's counts by fate, and what quarantine holds by source and reason."""
    deps = here.deps
    shown = overview(deps, await deps.spool.facts())
    if deps.quarantine is not None:
        facts = await deps.quarantine.facts()
        shown["quarantine"] = {
            "kept": facts.kept,
            "waiting": facts.waiting,
            "bytes": facts.bytes,
            "dropped": facts.dropped,
            "reasons": [
                {
                    "source": source,
                    "reason": reason,
                    "n": n,
                    "samples": facts.samples.get((source, reason), 0),
                }
                for (source, reason), n in sorted(facts.counts.items())
            ],
        }
    return Answer(shown)


async def one_connection(here: Here, id: Id) -> Answer:
    """One connection with its devices and tags, what is in trouble first."""
    source = next((source for source in here.deps.sources if source.id == id), None)
    if source is None:
        raise not_found("connection", id)
    return Answer(details(here.deps, source))


DOORS = (
    Door("GET", "/api/v1/collection", collection, Permission.COLLECTION),
    Door("GET", "/api/v1/collection/{id}", one_connection, Permission.COLLECTION),
)
