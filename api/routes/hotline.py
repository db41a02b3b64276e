"""The hotline card: asked for in a body, so that nobody's number is in an address or a log."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from api.context import Here
from api.gate import Asker, Door
from api.permissions import Permission
from api.wire import Answer, plain
from response.hotline.card import card

Asked = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Question(BaseModel):
    """Exactly one of them."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    tel: Asked | None = None
    account: Asked | None = None
    address: Asked | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(asked is not None for asked in (self.tel, self.account, self.address)) != 1:
            raise ValueError("give exactly one of tel, account and address")
        return self


async def hotline_card(here: Here, caller: Asker, body: Question) -> Answer:
    """The verdict in words to read aloud, then the facts behind it. Each account shown is on record."""
    deps = here.deps
    found = await card(
        deps.ledger,
        deps.vault,
        deps.plant,
        deps.live,
        tel=body.tel,
        account=body.account,
        address=body.address,
        user=caller.user,
        now_ns=deps.clock.now_ns(),
        historian=deps.historian,
    )
    return Answer(plain(found))


DOORS = (Door("POST", "/api/v1/hotline/card", hotline_card, Permission.CUSTOMERS),)
