"""The demo's configuration in a folder of its own, and the command that imports into it."""

import asyncio
import csv
import io
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import typer
from typer.testing import CliRunner

from core.adapters.sql_ledger.ledger import SqlLedger
from core.ports.ledger import R, Tx
from hub.import_cli import import_
from hub.stores import ledger_file

T = TypeVar("T")
ACCOUNT = {
    "address": "人民路1号",
    "building": "人民路1号",
    "storey": "1",
    "zone": "dma-01",
    "segment": "general",
}


APP = typer.Typer()
APP.command()(import_)


class Utility:
    """The demo's configuration in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.config, self.data = folder / "plant", folder / "data"
        shutil.copytree("configs/demo", self.config)
        with (self.config / "buildings.csv").open(encoding="utf-8-sig", newline="") as file:
            row = next(csv.DictReader(file))
        self.place = {"street": row["street"], "node": row["node"]}

    def run(self, kind: str, file: Path, *more: str) -> tuple[int, str]:
        line = [kind, str(file), str(self.config), *more]
        done = CliRunner().invoke(APP, line, env={"WATERHUB_DATA": str(self.data)})
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    def file(self, name: str, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        file = self.config.parent / name
        file.write_bytes(out.getvalue().encode(encoding))
        return file

    def accounts(self, n: int, **more: str) -> list[dict[str, str]]:
        return [
            ACCOUNT | self.place | {"id": f"A{k:06d}", "meter": f"M{k:06d}"} | more for k in range(1, n + 1)
        ]

    def asked(self, ask: Callable[[SqlLedger, Tx], Awaitable[T]]) -> T:
        async def asking() -> T:
            ledger = await SqlLedger.open(ledger_file(self.data))
            async with ledger.read() as tx:
                found = await ask(ledger, tx)
            await ledger.close()
            return found

        return asyncio.run(asking())

    def find(self, kind: type[R]) -> dict[str, R]:
        return {one.id: one for one in self.asked(lambda _, tx: tx.find(kind))}
