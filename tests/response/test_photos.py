"""WO-22: photos: what the camera wrote goes to the record, and is in nothing that is shown around."""

import hashlib
import io
import struct
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from response.photos import MOST_BYTES, NoPhoto
from response.pictures import SHARED_SIDE, examined
from tests.phone_photos import CANARY, photo

S = 1_000_000_000
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow, of EXIF that it cannot read


def test_what_the_camera_wrote_is_read_and_is_not_in_the_copy():
    content = photo(taken="2026:11:22 22:31:05", offset="+08:00", lat=31.2304, lon=121.4737)
    assert CANARY in content
    found = examined(content)
    assert found.facts.taken_ns == 1_795_357_865 * S
    assert (found.facts.lat, found.facts.lon) == pytest.approx((31.2304, 121.4737), abs=1e-5)
    assert found.facts.camera == "Lantern L1"
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    shared = Image.open(io.BytesIO(found.shared))
    assert dict(shared.getexif()) == {} and "comment" not in shared.info and "icc_profile" not in shared.info
    assert CANARY not in found.shared and b"Exif" not in found.shared


@pytest.mark.parametrize(
    ("offset", "taken_ns"),
    [(None, 1_795_357_865), ("+00:00", 1_795_386_665), ("-05:00", 1_795_404_665), ("rubbish", 1_795_357_865)],
)
def test_a_camera_without_a_zone_shows_shanghai(offset: str | None, taken_ns: int):
    assert examined(photo(taken="2026:11:22 22:31:05", offset=offset)).facts.taken_ns == taken_ns * S


@pytest.mark.parametrize(("model", "coding"), [("荣耀 Magic6", "utf-8"), ("Caméra 2", "latin-1")])
def test_a_camera_is_named_as_its_maker_wrote_it(model: str, coding: str):
    """UTF-8, which many phones write where the standard has ASCII; Latin-1 of older cameras stays."""
    picture, content, name = Image.open(io.BytesIO(photo())), io.BytesIO(), model.encode(coding)
    written = picture.getexif()
    written[0x0110] = "#" * len(name)
    picture.save(content, "JPEG", exif=written)
    whole = content.getvalue().replace(b"#" * len(name), name)
    assert examined(whole).facts.camera == f"Lantern {model}"


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "yesterday", "2026:13:40 99:00:00", ""])
def test_a_time_that_is_none_is_left_out(taken: str):
    assert examined(photo(taken=taken)).facts.taken_ns is None


def test_the_south_and_the_west_are_negative_and_nonsense_is_left_out():
    facts = examined(photo(lat=-33.8688, lon=-151.2093)).facts
    assert (facts.lat, facts.lon) == pytest.approx((-33.8688, -151.2093), abs=1e-5)
    assert examined(photo(lat=95.0, lon=10.0)).facts.lat is None
    assert examined(photo(lat=95.0, lon=10.0)).facts.lon is None


def test_the_copy_stands_upright_and_fits_a_screen():
    found = examined(photo(size=(4000, 3000), orientation=6))
    shared = Image.open(io.BytesIO(found.shared))
    assert (found.width, found.height) == (4000, 3000)
    assert shared.size == (SHARED_SIDE * 3 // 4, SHARED_SIDE)


def test_webp_is_taken():
    found = examined(photo(kind="WEBP", lat=31.0, lon=121.0))
    assert found.media_type == "image/webp" and found.facts.lat == pytest.approx(31.0)
    assert Image.open(io.BytesIO(found.shared)).format == "JPEG"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\0" * (MOST_BYTES + 1), "too_large"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100, "heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + b"\0" * 100, "heic"),
        (b"", "no_photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no_photo"),
        (b"GIF89a" + b"\0" * 40, "no_photo"),
        (photo()[:400], "damaged"),
        (photo(size=(800, 600))[:4000], "damaged"),
    ],
)
def test_what_is_no_photo_is_refused_with_its_reason(content: bytes, reason: str):
    with pytest.raises(NoPhoto) as refused:
        examined(content)
    assert refused.value.reason == reason


def test_a_bomb_is_not_decoded():
    """65,000 x 65,000 pixels in a few bytes: refused by its header, no memory asked for."""
    small = photo(size=(64, 64), exif=False)
    at = small.index(b"\xff\xc0") + 5
    bomb = small[:at] + struct.pack(">HH", 65_000, 65_000) + small[at + 4 :]
    with pytest.raises(NoPhoto) as refused:
        examined(bomb)
    assert refused.value.reason == "too_many_pixels"
    png = b"\x89PNG\r\n\x1a\n" + zlib.compress(b"\0" * 1_000_000)
    with pytest.raises(NoPhoto):
        examined(png)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_is_changed_in_a_photo_it_is_taken_or_refused(data: st.DataObject):
    content = bytearray(photo(lat=31.0, lon=121.0, taken="2026:11:22 22:31:05"))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = examined(bytes(content))
    except NoPhoto:
        return
    assert Image.open(io.BytesIO(found.shared)).format == "JPEG"
    assert dict(Image.open(io.BytesIO(found.shared)).getexif()) == {}
