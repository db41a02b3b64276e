"""`core.ports.letterbox`: what every way to the letterbox keeps. Here by HTTP, to a real portal."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.adapters import http_letterbox
from core.adapters.http_letterbox import HttpLetterbox
from core.model.letterbox import SIGNED_FOR_S
from core.ports.letterbox import LetterboxUnavailable
from public_portal.letter_seal import SIZE
from tests.ports import free_port
from tests.public_portal.letter_town import FORM, LetterTown, letter_town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[LetterTown]:
    with letter_town(tmp_path) as made:
        yield made


async def left(town: LetterTown, n: int) -> None:
    hub = town.hub()
    await hub.waiting(0)  # the form stands once the hub has come
    await hub.close()
    for i in range(n):
        said = town.citizen.post("/report", data=FORM | {"text": f"第{i}封"})
        assert said.status_code == 200, said.text


async def test_letters_lie_there_until_they_are_taken_the_oldest_first(town: LetterTown) -> None:
    await left(town, 3)
    hub = town.hub()
    first = await hub.waiting(2)
    assert (len(first.letters), first.n, first.most, first.refused) == (2, 3, 1_000, {})
    assert all(len(letter) == SIZE for _, letter in first.letters)
    assert (await hub.waiting(2)).letters == first.letters, "nothing was taken"
    await hub.taken([name for name, _ in first.letters])
    await hub.taken([name for name, _ in first.letters])
    rest = await hub.waiting(2)
    assert rest.n == len(rest.letters) == 1
    assert rest.letters[0][0] > first.letters[1][0] > first.letters[0][0]
    await hub.close()


async def test_nobody_but_the_hub_is_answered(town: LetterTown) -> None:
    await left(town, 1)
    for stranger in (town.hub(bytes(range(1, 33))), town.hub(off_s=SIGNED_FOR_S + 60), town.hub(off_s=-900)):
        with pytest.raises(LetterboxUnavailable, match="401"):
            await stranger.waiting(5)
        with pytest.raises(LetterboxUnavailable, match="401"):
            await stranger.taken([town.lying()[0].name])
        await stranger.close()
    for path in ("/letterbox/letters", "/letterbox/taken"):
        assert town.citizen.post(path, json={"most": 5, "names": []}).status_code == 401
        assert town.citizen.post(path, content=bytes(70_000)).status_code == 413
        assert town.citizen.get(path).status_code in (404, 405)
    assert len(town.lying()) == 1


async def test_a_name_that_is_no_letter_s_takes_nothing_away(town: LetterTown) -> None:
    await left(town, 1)
    hub = town.hub()
    await hub.taken(["../highest.json", "", town.lying()[0].name.upper(), "/etc/passwd"])
    assert len(town.lying()) == 1
    await hub.close()


async def test_who_is_away_is_unavailable() -> None:
    town = LetterTown(f"http://127.0.0.1:{free_port()}", None, Path(), None)  # type: ignore[arg-type]
    hub = town.hub()
    with pytest.raises(LetterboxUnavailable):
        await hub.waiting(1)
    await hub.close()


async def test_a_portal_whose_answer_trickles_holds_nobody_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_letterbox, "WHOLE_S", 0.5)

    over = asyncio.Event()

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.05)
        over.set()

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    hub = HttpLetterbox(f"http://127.0.0.1:{port}", lambda said: b"signed")
    with pytest.raises(LetterboxUnavailable, match="TimeoutError"):
        async with asyncio.timeout(5):
            await hub.waiting(5)
    await hub.close()
    async with asyncio.timeout(5):
        await over.wait()
    server.close()
