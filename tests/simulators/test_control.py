"""Orders over the socket: the answer, the refusal, who may connect, and long paths."""

import asyncio
import contextlib
import json
import socket
import stat
from pathlib import Path

import pytest

from simulators.control import SOCKET, NoDemo, listen, send, serve


async def exchange(data: Path, command: dict[str, object]) -> dict[str, object]:
    def answer(order: dict[str, object]) -> dict[str, object]:
        if order.get("command") != "echo":
            raise ValueError(f"no such command: {order.get('command')}")
        return {"heard": order["text"]}

    (data / "town").mkdir(parents=True, exist_ok=True)
    task = asyncio.create_task(serve(listen(data / "town"), answer))
    try:
        return await asyncio.to_thread(send, data, command)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_an_order_is_answered_and_a_wrong_one_explained(tmp_path: Path) -> None:
    assert await exchange(tmp_path, {"command": "echo", "text": "三号区"}) == {"heard": "三号区"}
    assert await exchange(tmp_path, {"command": "fly"}) == {"error": "no such command: fly"}


async def test_a_path_longer_than_the_kernel_takes(tmp_path: Path) -> None:
    data = tmp_path / ("d" * 90) / ("e" * 90)
    assert await exchange(data, {"command": "echo", "text": "far"}) == {"heard": "far"}
    assert (data / "town" / SOCKET).is_socket()
    (data / "town" / SOCKET).unlink()
    with pytest.raises(NoDemo, match="no demo runs on"):
        send(data, {"command": "echo"})


def test_no_demo_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NoDemo, match=r"no demo runs on .*; start one with `waterhub demo"):
        send(tmp_path, {"command": "status"})
    (tmp_path / "town").mkdir()
    listen(tmp_path / "town").close()
    with pytest.raises(NoDemo, match="no demo runs on"):
        send(tmp_path, {"command": "status"})


def test_a_town_that_hangs_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "town").mkdir()
    with listen(tmp_path / "town"), pytest.raises(NoDemo, match="did not answer"):
        send(tmp_path, {"command": "status"}, timeout_s=0.2)


def test_only_the_owner_may_connect_and_only_one_town_listens(tmp_path: Path) -> None:
    with listen(tmp_path):
        assert stat.S_IMODE((tmp_path / SOCKET).stat().st_mode) == 0o600
        with pytest.raises(FileExistsError, match="already"):
            listen(tmp_path)
    listen(tmp_path).close()


async def test_garbage_gets_an_error_and_the_next_one_an_answer(tmp_path: Path) -> None:
    task = asyncio.create_task(serve(listen(tmp_path), lambda order: {"ok": len(order)}))
    await asyncio.sleep(0)

    def shout(line: bytes) -> dict[str, object]:
        with socket.socket(socket.AF_UNIX) as visitor:
            visitor.settimeout(5)
            visitor.connect(str(tmp_path / SOCKET))
            visitor.sendall(line)
            reply: dict[str, object] = json.loads(visitor.makefile().readline())
            return reply

    for line in (b"\xff\xfe\n", b"[1]\n", b"{\n", b"x" * 70_000 + b"\n"):
        assert "error" in await asyncio.to_thread(shout, line)
    assert await asyncio.to_thread(shout, b"{}\n") == {"ok": 0}
    task.cancel()
