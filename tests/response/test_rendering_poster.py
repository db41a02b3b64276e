"""The poster: A4, read back by pypdf, its code by zxing-cpp."""

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
import zxingcpp
from hypothesis import given, settings
from PIL import Image

from core.model.bulletin import Bulletin, Change, Status
from core.model.notice import HEALTH_KINDS, NoticeKind
from core.model.snapshot import PublicStreet
from core.model.text import Lang, Text
from response.notices import templates
from response.notices.closing import FLUSH, FLUSH_ALL
from response.notices.templates import ADVICE
from response.renderings.poster import DRAFT, FontUnfit, poster
from response.renderings.poster_lines import whole_items
from tests.response import bulletins
from tests.response import little_town as town
from tests.response.bulletins import any_bulletin
from tests.response.little_notices import FACTS, bare


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
def test_on21_whatever_the_length_each_page_has_number_and_telephone(b: Bulletin) -> None:
    for lang in ("zh", "en"):
        pages = pypdf.PdfReader(BytesIO(poster(b, lang))).pages  # type: ignore[arg-type]
        assert 1 <= len(pages) <= 2
        for one in pages:
            text = one.extract_text()
            assert b.number in text and b.hotline in text


STREETS = [("莲花东路", "Lianhua East Road", 27), ("翠湖东路", "Cuihu East Road", 21)]
STREETS += [("杭州东路", "Hangzhou East Road", 25), ("昆明东路", "Kunming East Road", 17)]
STREETS += [("竹园东路", "Zhuyuan East Road", 17), ("广州东路", "Guangzhou East Road", 19)]
STREETS = [(f"{zh}{n}段", f"{en} {n}", last) for n in range(1, 4) for zh, en, last in STREETS]


def advised(kind: NoticeKind, streets: int) -> Bulletin:
    """As the hub words it, with this many streets."""
    return bulletins.boil(
        kind=kind,
        instruction=ADVICE[kind],
        streets=tuple(
            PublicStreet(name=Text(zh, en), numbers=f"1–{last}") for zh, en, last in STREETS[:streets]
        ),
    )


@pytest.mark.parametrize("kind", sorted(HEALTH_KINDS | {NoticeKind.DISCOLOURED}))
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("streets", [1, 6, 18])
def test_on12_advice_about_water_is_printed_to_its_last_sentence(kind: NoticeKind, lang: Lang, streets: int):
    """And so is every street: on the page with smaller letters, or overleaf."""
    b = advised(kind, streets)
    pages = pypdf.PdfReader(BytesIO(poster(b, lang))).pages
    assert len(pages) == 1 or (lang == "en" and streets == 18)
    said = [one.extract_text().replace("\n", "" if lang == "zh" else " ") for one in pages]
    text = " ".join(said)
    assert ADVICE[kind].in_(lang) in said[0]
    for street in b.streets:
        assert f"{street.name.in_(lang)}{' ' if lang == 'en' else ''}{street.numbers}" in text
    assert "…" not in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_has_no_room_on_the_page_stands_on_a_second_one(lang: Lang):
    b = advised(NoticeKind.BOIL, 18)
    many = replace(
        b, streets=tuple(replace(s, numbers=f"{n}–{n + 40}") for n in (1, 3, 5) for s in b.streets)
    )
    first, second = pypdf.PdfReader(BytesIO(poster(many, lang))).pages
    assert ADVICE[b.kind].in_(lang) in first.extract_text().replace("\n", "" if lang == "zh" else " ")
    both = (first.extract_text() + second.extract_text()).replace("\n", "")
    assert all(both.count(f"{s.numbers}") for s in many.streets) and "…" not in both
    assert ("第2页，共2页" if lang == "zh" else "Page 2 of 2") in second.extract_text()
    codes = [
        zxingcpp.read_barcodes(Image.open(BytesIO(one.images[0].data)).convert("L"))[0]
        for one in (first, second)
    ]
    assert [code.text for code in codes] == [b.url, b.url]


def test_a_short_notice_is_set_as_large_as_before_and_a_long_one_no_smaller_than_the_floor() -> None:
    def sizes(b: Bulletin) -> dict[str, float]:
        found: dict[str, float] = {}

        def visit(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
            found[text.strip()] = size * tm[0]

        for one in pypdf.PdfReader(BytesIO(poster(b, "en"))).pages:
            one.extract_text(visitor_text=visit)
        return found

    short = sizes(bulletins.burst())
    assert short["burst main"] if "burst main" in short else short["a burst main"] == 24
    long = sizes(advised(NoticeKind.DO_NOT_DRINK, 18))
    assert min(size for text, size in long.items() if "Road" in text) >= 14
    assert min(size for text, size in long.items() if "Do not drink it" in text) >= 18


def test_on42_an_exercise_says_so_in_its_largest_letters() -> None:
    b = bulletins.burst(status=Status.EXERCISE)
    assert "演练" in page(poster(b, "zh")).extract_text()


def head(content: bytes) -> tuple[float, float, float]:
    """The first colour that is filled: the band's."""
    found = re.search(
        r"([\d.]+) ([\d.]+) ([\d.]+) rg", page(content).get_contents().get_data().decode("latin-1")
    )
    return float(found[1]), float(found[2]), float(found[3])


def test_on42_only_what_is_truly_over_has_a_green_head() -> None:
    back = bulletins.restored(bulletins.burst())
    red, green, blue = head(poster(back, "zh"))
    assert green > max(red, blue)
    drill = bulletins.burst(status=Status.EXERCISE)
    for b in (
        drill,
        bulletins.restored(drill),
        bulletins.cancelled(drill),
        bulletins.cancelled(bulletins.burst()),
    ):
        red, green, blue = head(poster(b, "zh"))
        assert green < max(red, blue)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on02_a_draft_says_on_every_page_above_and_below_that_it_is_not_published(lang: Lang) -> None:
    for b in (bulletins.burst(), advised(NoticeKind.BOIL, 18)):
        for one in pypdf.PdfReader(BytesIO(poster(b, lang, draft=True))).pages:
            text = one.extract_text()
            assert text.count(DRAFT.in_(lang)) == 2 and b.number in text
            assert not re.search(r"发布 \d|Published", text)
        assert DRAFT.in_(lang) not in pypdf.PdfReader(BytesIO(poster(b, lang))).pages[0].extract_text()


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


def test_the_poster_of_an_all_clear_names_what_is_lifted() -> None:
    over = bulletins.restored(bulletins.boil(instruction=FLUSH_ALL))
    assert "煮沸饮用提示已解除" in page(poster(over, "zh")).extract_text()
    assert "Boil-water advice lifted" in page(poster(over, "en")).extract_text().replace("\n", " ")


@pytest.mark.parametrize("kind", sorted(HEALTH_KINDS))
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("streets", [1, 18])
def test_on12_the_poster_says_all_that_people_must_be_told_after_what_to_do(kind, lang, streets):
    """Finding, effects, who is at risk, what is done, what to use instead, health authority (40 CFR 141.205);
    the advice stays whole on the first page."""
    b = replace(advised(kind, streets), description=DETAILS)
    pages = pypdf.PdfReader(BytesIO(poster(b, lang))).pages
    assert len(pages) <= 2
    gap = "" if lang == "zh" else " "
    said = [one.extract_text().replace("\n", gap) for one in pages]
    assert ADVICE[kind].in_(lang) in said[0]
    text = gap.join(said)
    for sentence in DETAILS.in_(lang).split("。" if lang == "zh" else ". "):
        assert all(word in text for word in sentence.split())
    assert text.index(ADVICE[kind].in_(lang)) < text.index("总大肠菌群" if lang == "zh" else "coliform")


DETAILS = Text(
    "本公告自11月22日(周日)22:10起，适用于城东片区人民路。检测发现：水样检出总大肠菌群。健康影响：可能引起腹泻、"
    "恶心。婴幼儿、老人、孕妇和免疫力低下者风险较高。可使用瓶装水或已煮沸的水。我们正在冲洗消毒并加密采样。"
    "健康咨询：市疾病预防控制中心，电话12320。",
    "This is from Sun 22 Nov, 22:10, for Renmin Road. We found coliform germs in a sample. They may cause "
    "diarrhoea and nausea. Babies, the old, and people who are ill or pregnant must take most care. Use "
    "bottled or boiled water. We are flushing the mains and taking more samples. Health questions: the city "
    "centre for disease control, 12320.",
)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on12_what_was_found_is_a_list_that_somebody_in_a_stairwell_reads(lang: Lang):
    """Each element begins a line of its own, and the reason does not say the finding again."""
    b = advised(NoticeKind.BOIL, 1)
    made = templates.filled(
        bare(NoticeKind.BOIL, quality=FACTS, reason=FACTS.finding, place=b.area), town.plant()
    )
    b = replace(b, description=made.description or b.description, reason=FACTS.finding)
    pages = pypdf.PdfReader(BytesIO(poster(b, lang))).pages
    lines = [line for one in pages for line in one.extract_text().splitlines()]
    begun = [line for line in lines if line.startswith("·")]
    assert len(begun) == len(templates.FOUND), lines
    for (_, lead), line in zip(templates.FOUND, begun, strict=True):
        assert line.startswith(f"· {lead.in_(lang).strip()}")
    assert ("原因" if lang == "zh" else "Why") not in lines
