"""A record so large that decoding it again would be what a flood does all day."""

import msgspec

from core.adapters.sql_ledger.large import Large
from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.incident import Incident, IncidentKind, IncidentState, Member
from core.model.text import Text


def incident(n: int, why: str = "first_out") -> Incident:
    members = tuple(Member(alarm=f"dma-01.p{i}:low", occurrence=1, raised_ns=i, why=why) for i in range(n))
    return Incident(
        id="INC-1",
        kind=IncidentKind.LOW_PRESSURE,
        state=IncidentState.SUSPECTED,
        opened_ns=1,
        title=Text("低压", "Low pressure"),
        members=members,
    )


async def test_it_is_the_same_record_until_it_is_replaced_also_after_a_transaction_that_was_undone(tmp_path):
    ledger = await SqlLedger.open(tmp_path / "ledger.db")
    first, second = incident(200), incident(201)
    async with ledger.begin() as tx:
        await tx.put(first)
    async with ledger.begin() as tx:
        assert await tx.get(Incident, "INC-1") is first
        assert await tx.find(Incident, state=IncidentState.SUSPECTED) == [first]
    try:
        async with ledger.begin() as tx:
            await tx.put(second)
            assert await tx.get(Incident, "INC-1") is second
            raise LookupError
    except LookupError:
        pass
    async with ledger.begin() as tx:
        assert await tx.get(Incident, "INC-1") == first
    async with ledger.read() as tx:
        assert await tx.get(Incident, "INC-1") == first
    await ledger.close()


def test_no_more_than_a_bound_is_kept_and_the_oldest_goes_first():
    large, decoder = Large(kept=100_000), msgspec.json.Decoder(Incident)
    bodies = [msgspec.json.encode(incident(200, why=f"w{n}")).decode() for n in range(20)]
    records = [large.decoded(body, decoder) for body in bodies]
    assert 0 < large.size <= 100_000 < sum(map(len, bodies))
    assert large.decoded(bodies[-1], decoder) is records[-1]
    assert large.decoded(bodies[0], decoder) == records[0]
    assert large.decoded(bodies[0], decoder) is not records[0]
    assert Large(kept=0).decoded(bodies[0], decoder) == records[0]
