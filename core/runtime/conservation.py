"""The equation that every test of the path asserts and /metrics shows (house rule 2, R-26).

At any moment at which nothing is in flight, for each source and each historian:

    received = stored + duplicate + quarantined + compressed + shed + corrupt + spooled
"""

from core.ports.spool import RECORDER, SpoolFacts


def unaccounted(facts: SpoolFacts, cursor: str = RECORDER) -> dict[str, int]:
    """Samples received and neither spooled nor given a fate, by source; only sources that do not balance.
    Negative: invented ones. Before the recorder is known everything waits for it."""
    reader = facts.readers.get(cursor)
    if reader is None:
        return {}
    tally, spooled, missed = facts.tally(cursor), reader.spooled, reader.missed
    sources = {*facts.received_by, *tally, *spooled}
    missing = {
        source: facts.received_by.get(source, 0)
        - sum(tally.get(source, {}).values())
        - spooled.get(source, 0)
        - missed.get(source, 0)
        for source in sources
    }
    return {source: samples for source, samples in missing.items() if samples}


def assert_conserved(facts: SpoolFacts, cursor: str = RECORDER) -> None:
    """For tests: raises AssertionError naming the sources that do not balance."""
    missing = unaccounted(facts, cursor)
    if missing:
        raise AssertionError(f"samples unaccounted for toward {cursor}, by source: {missing}; {facts}")
