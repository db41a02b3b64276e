"""A hub with a customer who is looked for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.account import Role, User
from hub.stores import ledger_file
from tests.api.hub_at_work import _QUICK, PASSWORD
from tests.faults.whole_hub import Hub
from tests.privacy.canary import CUSTOMERS

ACCOUNTS = (
    "id,street,address,building,storey,zone,node,meter,segment,secondary_supply,smart\n"
    "A000001,s-1,人民路1号,人民路1号,1,dma-000,J0,M000001,general,0,0\n"
    "A000002,s-1,人民路2号,人民路2号,1,dma-000,J0,M000002,hospital,0,0\n"
)


class Watched(Hub):
    """A hub with a customer, telephony and a portal."""

    def __init__(self, folder: Path, field_port: int) -> None:
        super().__init__(folder, 1, field_port)
        self.customers = folder / "customers.csv"
        self.customers.write_text(CUSTOMERS, encoding="utf-8")
        (folder / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
        self.token = folder / "cti.token"
        with (self.config / "hub.yaml").open("a", encoding="utf-8") as file:
            file.write(
                f"accounts: {folder / 'accounts.csv'}\ncustomers: {self.customers}\n"
                f"telephony: {{token_file: {self.token}}}\naudit: {{anchor: {folder / 'anchor.jsonl'}}}\n"
            )
        (self.config / "streets.csv").write_text("id,name_zh,name_en,zone\ns-1,人民路,Renmin Road,dma-000\n")

    async def users(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)
        ledger = await SqlLedger.open(ledger_file(self.data))
        async with ledger.begin() as tx:
            await tx.put_many(User(id=role, role=role, password_hash=_QUICK) for role in Role)
        await ledger.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._api}"

    @asynccontextmanager
    async def as_(self, role: str | None) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(verify=False, base_url=self.url, timeout=30) as client:
            if role:
                body = {"user": role, "password": PASSWORD}
                assert (await client.post("/api/v1/session", json=body)).status_code == 204
            yield client
