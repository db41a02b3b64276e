"""The engine's snapshot in parts: written where it changed, read back whole or not at all."""

from alarms.kept import LARGE, NAME, Kept, read
from tests.alarms.alarm_room import Room

STILL, MOVES = bytes(LARGE), b"a" * LARGE
STATE = {"form": 4, "tags": STILL, "rows": [b"small", {"ring": MOVES}], "none": None}


async def test_only_what_changed_is_written(room: Room) -> None:
    kept = Kept()
    async with room.ledger.begin() as tx:
        await kept.write(tx, STATE)
        assert await read(tx) == STATE
        await tx.keep(f"{NAME}/tags", b"not looked at")
        moved = STATE | {"rows": [b"small", {"ring": b"b" * LARGE}]}
        await kept.write(tx, moved)
        assert await tx.kept(f"{NAME}/tags") == b"not looked at"
        await tx.keep(f"{NAME}/tags", STILL)
        assert await read(tx) == moved


async def test_a_new_life_writes_all_of_it(room: Room) -> None:
    async with room.ledger.begin() as tx:
        await Kept().write(tx, STATE)
        await tx.keep(f"{NAME}/tags", b"of an earlier life")
        await Kept().write(tx, STATE)
        assert await read(tx) == STATE


async def test_a_part_that_is_not_the_heads_is_no_snapshot(room: Room) -> None:
    async with room.ledger.begin() as tx:
        assert await read(tx) is None
        await Kept().write(tx, STATE)
        await tx.keep(f"{NAME}/rows/1/ring", STILL)
        assert await read(tx) is None
