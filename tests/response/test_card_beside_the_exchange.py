"""A card takes a moment to make, and meanwhile the exchange goes on telling of the call."""

import asyncio

import pytest

from core.model.phone_call import PhoneCall, Stage
from response.hotline.telephony import Heard, Telephony, Told, hear
from response.verdict import Verdict
from tests.response import little_town as town
from tests.response.little_notices import publish

NOW = town.T0 + town.MIN


@pytest.mark.parametrize("told", [Told.ANSWER, Told.HANGUP])
async def test_what_the_exchange_tells_while_the_card_is_made_stands(ask, ledger, vault, service, told):
    """HL-01, HL-42: that the agent was shown the burst is written on the call as it stands by then."""
    await service.handle([await town.report(ledger, town.burst())])
    await publish(ledger, NOW)
    exchange = Telephony(token=b"-", allow=())
    async with ledger.begin() as tx:
        call = await hear(
            tx, vault, exchange, Heard(told=Told.NEW, call="c", caller="19900000031", users=("a",)), NOW
        )
    async with asyncio.TaskGroup() as group, ledger.begin() as tx:
        card = group.create_task(ask(call=call.id))
        await asyncio.sleep(0.3)  # it has read the call, and waits for its turn to write
        await hear(tx, vault, exchange, Heard(told=told, call="c", answering="a"), NOW + 1)
    assert card.result().verdict is Verdict.KNOWN_OUTAGE
    async with ledger.read() as tx:
        stands = await tx.get(PhoneCall, call.id)
    assert stands.incident == "INC-1"
    assert stands.shown_ns is not None
    assert stands.stage is (Stage.ANSWERED if told is Told.ANSWER else Stage.ENDED)
