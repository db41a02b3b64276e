"""X-03: text that went through the wrong code page is refused, and text that did not is let through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.imports.mojibake import mojibake

WORDS = ["人民路12号3栋201室", "中山路", "解放西路88弄", "阳光花园二期", "漓江大瀑布饭店", "医院（南院）路"]
HANZI = "联通 张 欧阳娜娜 用户000123 東興路 𠮷野家 普拉多（GX） ５号楼Ａ座 ①号门 Ⅱ期 · “—…”"
RIGHT = [*WORDS, *HANZI.split(), "Renmin Road 12", "Café Zürich", "Škoda", "naïve", "Lü Bù", "50m³/h", "25℃"]


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
