"""X-03: text that went through the wrong code page is refused, and text that did not is let through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.imports.mojibake import mojibake, unseen

WORDS = ["人民路12号3栋201室", "中山路", "解放西路88弄", "阳光花园二期", "漓江大瀑布饭店", "医院（南院）路"]
HANZI = "联通 张 欧阳娜娜 用户000123 東興路 𠮷野家 普拉多（GX） ５号楼Ａ座 ①号门 Ⅱ期 · “—…”"
RIGHT = [*WORDS, *HANZI.split(), "Renmin Road 12", "Café Zürich", "Škoda", "naïve", "Lü Bù", "50m³/h", "25℃"]

RARE = """
邛崃市 郫都区 滹沱河 涪陵区 酆都镇 鄄城县 郓城县 濮阳市 漯河市 亳州市 黟县 歙县
泸县 涞源县 淇滨区 涿州市 滦南县 湄洲镇 涓涓巷 滏阳路 浉河区 瀍河区 鄠邑区
硚口区 溁湾镇 汈汊湖 浛洸镇 堽城镇 虒亭镇 鄌郚镇 鄚州镇 漷县镇 筻口镇 华蓥市
崀山镇 犍为县 璧山区 珙县 筠连县 綦江区 酉阳县 邗江区 盱眙县 邳州市 睢宁县
嵊泗县 瓯海区 衢州市 婺城区 鄱阳县 弋阳县 莒县 郯城县 汶上县 峄城区 淅川县 郏县
偃师区 荥阳市 浚县 猇亭区 秭归县 枞阳县 畲江镇 莘县 隰县 隩区 嵛山镇 湨水 泇河
沄水 埇桥区 垵边村 塅心村 碶闸 箐口村 澴河 溇江 龍泉驛 臺灣街 廈門路 觀塘道
鑪峰峽道 龜背灣 㵲阳镇 㙍村 䢺村 㘰岭 𬇙水 𠅤村 𬜯村 𬮿路 𡎚头 珲春市 연길시
서울 瀋陽 齊齊哈爾
"""
"""Streets and places of rare characters: GB 18030-2022, implementation level 2 and beyond; 繁 and Korean."""
ADDRESS = ["东风路1号101室", "人民路12号3栋201室", "解放西路88弄", "中山路5号"]


@pytest.mark.parametrize("text", RARE.split())
def test_names_of_rare_characters_pass(text: str) -> None:
    for said in (text, f"{text}12号", f"{text}1号101室", f"{text}12號3樓", text[:-1]):
        assert mojibake(said) is None and unseen(said) is None, said


@pytest.mark.parametrize("text", ADDRESS)
@pytest.mark.parametrize("page", ["big5", "big5hkscs", "shift_jis", "cp949", "euc_kr", "cp1252", "latin-1"])
def test_gbk_that_another_code_page_read_is_told(text: str, page: str) -> None:
    wrong = text.encode("gb18030").decode(page, "replace")
    assert mojibake(wrong), wrong


@pytest.mark.parametrize("text", ADDRESS)
@pytest.mark.parametrize("errors", ["ignore", "question", "replace"])
def test_utf8_that_gbk_read_is_told_however_it_lost_what_it_could_not_read(text: str, errors: str) -> None:
    wrong = text.encode().decode("gbk", errors if errors != "question" else "replace")
    wrong = wrong.replace("\ufffd", "?") if errors == "question" else wrong
    assert mojibake(wrong), wrong


@pytest.mark.parametrize("text", ["????1?101?", "涓滈?庤矾1鍙?101瀹?", "?1号", "ä¸œé£Žè·¯1å?·"])
def test_marks_in_the_place_of_characters_are_told(text: str) -> None:
    assert mojibake(text)


@pytest.mark.parametrize("text", ["水费怎么算?", "Is my bill right?", "停水了吗？", "“漏水?”"])
def test_a_question_is_none(text: str) -> None:
    assert mojibake(text) is None


@pytest.mark.parametrize(
    "char",
    ["\u202e", "\u202a", "\u2066", "\u200f", "\u061c", "\u200b", "\ufeff", "\x07", "\x1b", "\x7f", "\x85"],
)
def test_what_nobody_sees_is_told_by_its_number(char: str) -> None:
    assert unseen(f"东风路{char}1号") == unseen(f"A{char}") == f"U+{ord(char):04X}"


def test_scripts_that_join_their_letters_keep_what_joins_them() -> None:
    assert unseen("ئۈرۈم\u200cچى") is None and unseen("ئۈرۈم\u202eچى") == "U+202E"


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_passes(text: str) -> None:
    assert mojibake(text) is None


@pytest.mark.parametrize("text", WORDS)
def test_each_of_the_usual_mistakes_is_told_with_what_it_was(text: str) -> None:
    utf8, gbk = text.encode(), text.encode("gb18030")
    for wrong in (
        utf8.decode("gb18030", "replace"),
        utf8.decode("gb18030", "ignore"),
        utf8.decode("latin-1"),
        utf8.decode("cp1252", "ignore"),
        gbk.decode("latin-1"),
        gbk.decode("utf-8", "replace"),
        f"{text}锟斤拷",
    ):
        assert mojibake(wrong + "x") or mojibake(wrong), wrong
    assert text[:2] in (mojibake(utf8.decode("latin-1")) or "")


@given(st.lists(st.tuples(st.integers(0xB0, 0xD7), st.integers(0xA1, 0xFE)), min_size=1, max_size=20))
def test_no_text_of_common_characters_is_taken_for_one(pairs: list[tuple[int, int]]) -> None:
    """GB 2312, level 1: none of their bytes begins a Chinese character of UTF-8."""
    assert mojibake(bytes(byte for pair in pairs for byte in pair).decode("gb2312", "ignore")) is None
