"""The poster: one A4 page, read back by pypdf, its code by zxing-cpp."""

from io import BytesIO
from pathlib import Path

import pypdf
import pytest
import zxingcpp
from hypothesis import given, settings
from PIL import Image

from core.model.bulletin import Bulletin, Change, Status
from response.notices.closing import FLUSH
from response.renderings.poster import FontUnfit, poster
from response.renderings.poster_lines import whole_items
from tests.response import bulletins
from tests.response.bulletins import any_bulletin


def page(content: bytes) -> pypdf.PageObject:
    pages = pypdf.PdfReader(BytesIO(content)).pages
    assert len(pages) == 1
    return pages[0]


def test_the_code_on_the_poster_leads_to_the_notice() -> None:
    b = bulletins.burst()
    picture = page(poster(b, "zh")).images[0].data
    found = zxingcpp.read_barcodes(Image.open(BytesIO(picture)).convert("L"))
    assert [code.text for code in found] == [b.url]


def test_what_matters_is_printed_in_24_points_and_more() -> None:
    """ON-20: A4, 24 pt: whoever passes the door reads matter, times, place and hotline."""
    b, sizes = bulletins.burst(), dict[str, float]()

    def visit(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
        sizes[text.strip()] = size * tm[0]

    sheet = page(poster(b, "en"))
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (595, 842)
    sheet.extract_text(visitor_text=visit)
    for words in ("Water off for", "96000", "from Sun 22 Nov, 22:10"):
        assert max(size for text, size in sizes.items() if words in text) >= 24


@settings(max_examples=25, deadline=None)
@given(b=any_bulletin())
def test_on21_whatever_the_length_it_is_one_page_with_number_and_telephone(b: Bulletin) -> None:
    for lang in ("zh", "en"):
        text = page(poster(b, lang)).extract_text()  # type: ignore[arg-type]
        assert b.number in text and b.hotline in text


def test_on42_an_exercise_says_so_in_its_largest_letters() -> None:
    b = bulletins.burst(status=Status.EXERCISE)
    assert "演练" in page(poster(b, "zh")).extract_text()


def test_a_configured_font_without_chinese_is_refused(tmp_path: Path) -> None:
    latin = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    with pytest.raises(FontUnfit, match="no Chinese" if latin.exists() else "DejaVuSans"):
        poster(bulletins.burst(), "zh", latin)
    nonsense = tmp_path / "font.ttf"
    nonsense.write_bytes(b"not a font")
    with pytest.raises(FontUnfit):
        poster(bulletins.burst(), "zh", nonsense)


def test_on21_what_has_no_room_ends_after_a_whole_item() -> None:
    assert whole_items(["人民路12–48号、中山路1–99号、解", "放路"]) == ["人民路12–48号、中山路1–99号…"]
    assert whole_items(["Tanker, open 6 to 2"]) == ["Tanker…"]
    assert whole_items(["Renmin Road 12–4"]) == ["…"]


def test_the_poster_of_an_all_clear_says_how_to_use_water_again_to_its_last_sentence() -> None:
    over = bulletins.burst(change=Change.RESTORED, estimate=None, instruction=FLUSH, restored_ns=bulletins.T0)
    for lang, last in (("zh", "请拨打热线"), ("en", "please call us")):
        assert last in page(poster(over, lang)).extract_text().replace("\n", " ")  # type: ignore[arg-type]
