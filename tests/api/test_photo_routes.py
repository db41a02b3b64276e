"""WO-22 through the interface: sent once or twice it is one; the copy shows nothing of the camera's words."""

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from core.adapters.folder_photos import FolderPhotos
from core.model.account import Role
from core.model.text import Text
from core.model.work_order import WorkOrder, WorkOrderState
from core.ports.photos import PhotosFull
from tests.api.hub_at_work import T0, Hub
from tests.phone_photos import CANARY, photo

HERE = {"taken": "2026:11:22 22:31:05", "offset": "+08:00", "lat": 31.2304, "lon": 121.4737}
AT = "?stage=after&at=2026-11-22T14:00:00Z&sent=2026-11-22T14:25:00Z"


async def order(hub: Hub, id: str = "WO-1", crew: str | None = "crew-1") -> str:
    async with hub.deps.ledger.begin() as tx:
        await tx.put(
            WorkOrder(
                id=id,
                incident=id,
                kind="burst",
                state=WorkOrderState.ARRIVED,
                priority=1,
                zone="dma-01",
                title=Text("爆管抢修", "burst repair"),
                place=Text("人民路", "Renmin Road"),
                opened_ns=T0,
                crew=crew,
            )
        )
    return f"/api/v1/work-orders/{id}/photos"


async def test_a_photo_becomes_a_record_and_a_copy_without_what_the_camera_wrote(hub: Hub):
    """WO-22."""
    photos, content = await order(hub), photo(**HERE)
    async with hub.as_(Role.CREW) as crew:
        before_ns = hub.deps.clock.now_ns()
        answer = await crew.put(f"{photos}/ph-1{AT}", content=content)
        assert answer.status_code == 201, answer.text
        record = answer.json()
        assert record["sha256"] == hashlib.sha256(content).hexdigest()
        assert (record["taken"], record["lat"]) == ("2026-11-22T14:31:05Z", pytest.approx(31.2304, abs=1e-5))
        assert (record["stage"], record["by"], record["camera"]) == ("after", "crew", "Lantern L1")
        assert (await crew.get(photos)).json()["items"] == [record]
        shared = (await crew.get("/api/v1/photos/ph-1")).content
        original = (await crew.get("/api/v1/photos/ph-1/original")).content
    assert original == content
    assert CANARY not in shared and dict(Image.open(io.BytesIO(shared)).getexif()) == {}
    assert hashlib.sha256(shared).hexdigest() == record["shared_sha256"]
    async with hub.deps.ledger.read() as tx:
        from core.model.photo import Photo

        kept = await tx.get(Photo, "ph-1")
        assert ((await tx.get(WorkOrder, "WO-1")) or 0).photos_after == 1
    assert kept is not None
    ago_s = (before_ns - kept.done_ns) / 1e9
    assert ago_s == pytest.approx(25 * 60, abs=20), "the phone's wrong clock does no harm"


async def test_the_same_photo_again_is_the_one_that_stands(hub: Hub):
    photos, content = await order(hub), photo()
    async with hub.as_(Role.CREW) as crew:
        first = await crew.put(f"{photos}/ph-1{AT}", content=content)
        again = await crew.put(f"{photos}/ph-1{AT}", content=content)
        other = await crew.put(f"{photos}/ph-1{AT}", content=photo(seed=2))
        assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
        assert again.json() == first.json()
        assert len((await crew.get(photos)).json()["items"]) == 1


async def test_another_crew_neither_sends_nor_sees(hub: Hub):
    photos = await order(hub, crew="crew-2")
    async with hub.as_(Role.DISPATCHER) as dispatcher:
        assert (await dispatcher.put(f"{photos}/ph-1{AT}", content=photo())).status_code == 201
    async with hub.as_(Role.CREW) as crew:
        for answer in (
            await crew.put(f"{photos}/ph-2{AT}", content=photo()),
            await crew.get(photos),
            await crew.get("/api/v1/photos/ph-1"),
            await crew.get("/api/v1/photos/ph-1/original"),
        ):
            assert answer.status_code == 404


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"\0\0\0\x18ftypheic" + b"\0" * 100, 415, "heic"),
        (b"GIF89a" + b"\0" * 100, 415, "no_photo"),
        (photo(size=(800, 600))[:4000], 422, "damaged"),
    ],
)
async def test_what_is_none_is_refused_in_words(hub: Hub, content: bytes, status: int, reason: str):
    photos = await order(hub)
    async with hub.as_(Role.CREW) as crew:
        answer = await crew.put(f"{photos}/ph-1{AT}", content=content)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)
    assert set(answer.json()["why"]) == {"zh", "en"}


async def test_ten_megabytes_are_taken_and_not_a_byte_more_and_nothing_else_may_be_so_long(hub: Hub):
    photos = await order(hub)
    most = 10 * 1024**2
    whole = photo()
    whole += b"\0" * (most - len(whole))
    async with hub.as_(Role.CREW) as crew:
        assert (await crew.put(f"{photos}/ph-1{AT}", content=whole)).status_code == 201
        assert (await crew.put(f"{photos}/ph-2{AT}", content=whole + b"\0")).status_code == 413
        assert (await crew.post("/api/v1/work-orders/WO-1/arrive", content=whole)).status_code == 413
    async with hub.as_(None) as nobody:
        assert (await nobody.put(f"{photos}/ph-3{AT}", content=whole)).status_code == 401


async def test_without_room_the_phone_is_told_to_keep_it(tmp_path: Path, hub: Hub):
    photos = await order(hub)
    store = hub.deps.photos
    assert isinstance(store, FolderPhotos)
    store._max_bytes = 1
    async with hub.as_(Role.CREW) as crew:
        answer = await crew.put(f"{photos}/ph-1{AT}", content=photo())
        assert (answer.status_code, answer.headers["retry-after"]) == (507, "60")
        assert [condition.id for condition in hub.deps.health.standing()] == ["photos_full"]
        store._max_bytes = 64 * 1024**2
        assert (await crew.put(f"{photos}/ph-1{AT}", content=photo())).status_code == 201
    assert hub.deps.health.standing() == []


async def test_the_folder_keeps_its_bound_over_a_restart_and_sweeps_what_was_half_written(tmp_path: Path):
    store = FolderPhotos(tmp_path, 1_000, 0.0)
    await store.put("a" * 64, b"o" * 400, b"s" * 100)
    await store.put("a" * 64, b"o" * 400, b"s" * 100)
    (tmp_path / "aa" / "b.new").write_bytes(b"x" * 900)
    again = FolderPhotos(tmp_path, 1_000, 0.0)
    await again.put("b" * 64, b"o" * 400, b"s" * 100)
    with pytest.raises(PhotosFull):
        await again.put("c" * 64, b"o", b"s")
    assert (await again.original("a" * 64), await again.shared("b" * 64)) == (b"o" * 400, b"s" * 100)
    assert await again.original("c" * 64) is None
    assert not list(tmp_path.rglob("*.new"))
    assert {file.stat().st_mode & 0o777 for file in tmp_path.rglob("*.original")} == {0o600}
    with pytest.raises(ValueError, match="no SHA-256"):
        await again.original("../../etc/passwd")


async def test_field_and_hotline_write_to_each_other(hub: Hub):
    """WO-24: a note of either side stands on the order for both, once, in the order of writing."""
    notes = (await order(hub)).replace("photos", "notes")
    field = {"text": "阀门锈死，改关上游", "at": "2026-11-22T14:00:00Z", "sent": "2026-11-22T14:01:00Z"}
    async with hub.as_(Role.CREW) as crew, hub.as_(Role.HOTLINE) as agent:
        said = await agent.put(f"{notes}/n-2", json={"text": "用户称地下室进水"})
        for _ in range(2):
            assert (await crew.put(f"{notes}/n-1", json=field)).status_code == 201
        seen = (await agent.get(notes)).json()["items"]
        assert [(note["side"], note["text"]) for note in seen] == [
            ("field", field["text"]),
            ("hotline", "用户称地下室进水"),
        ]
        assert said.json()["by"] == "hotline"
        other = await crew.put(f"{notes}/n-1", json={"text": "something else"})
        assert (other.status_code, other.json()["reason"]) == (409, "id_taken")
