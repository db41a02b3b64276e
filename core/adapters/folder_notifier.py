"""Messages as JSON files in a folder: for a gateway that watches it, beyond a diode, or a demo."""

import asyncio
from hashlib import sha256
from pathlib import Path

import orjson

from core.adapters.alertmanager_body import body_of
from core.durable_file import PRIVATE, replace_file
from core.model.message import Delivered, Delivery, Message, Retry, Trouble

DEADLINE_S = 10.0


class FolderNotifier:
    """`core.ports.notifier.Notifier`. A message is named by its key: sent again it replaces itself."""

    def __init__(self, folder: Path, deadline_s: float = DEADLINE_S) -> None:
        self._folder, self._deadline_s = folder, deadline_s

    async def send(self, message: Message) -> Delivery:
        try:
            async with asyncio.timeout(self._deadline_s):
                return Delivered(await asyncio.to_thread(self._put, message))
        except TimeoutError:
            return Retry(Trouble.TIMEOUT, f"{self._folder}: the disk did not answer")
        except OSError as error:
            return Retry(Trouble.UNREACHABLE, str(error))

    async def close(self) -> None:
        """Nothing is kept open."""

    def _put(self, message: Message) -> str:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{sha256(message.key.encode()).hexdigest()[:32]}.json"
        content = orjson.dumps(body_of(message), option=orjson.OPT_INDENT_2)
        replace_file(self._folder / name, content, PRIVATE)
        return name
