"""ON-29: both languages, short sentences, times with their date."""

import pytest

from core.model.bulletin import Bulletin
from response.renderings.ivr import ivr
from response.renderings.plain import LEAST_FLESCH, flesch, long_sentences
from response.renderings.press import press
from response.renderings.web import paragraphs
from tests.response.bulletins import boil, burst, cancelled, planned, restored

NAMES = ("Renmin Road", "Jiefang Road", "Zhongshan Road", "Citizens' Square", "Example Water", "NTC", "https")
ALL = [
    burst(),
    planned(),
    boil(),
    restored(burst()),
    cancelled(planned()),
    burst(overdue=True),
    restored(boil()),
]


@pytest.mark.parametrize("b", ALL, ids=lambda b: f"{b.kind}-{b.change}")
def test_on29_chinese_sentences_are_short_and_english_ones_easy(b: Bulletin) -> None:
    for said in (paragraphs(b), press(b), ivr(b)):
        assert long_sentences(said.zh, (b.area.zh,)) == []
        assert flesch(said.en, NAMES) >= LEAST_FLESCH
        assert "今晚" not in said.zh and "tonight" not in said.en


@pytest.mark.parametrize("b", ALL, ids=lambda b: f"{b.kind}-{b.change}")
def test_radio_reads_the_press_text_within_a_minute(b: Bulletin) -> None:
    """Without the page's address, which is not read aloud."""
    said = press(b).zh.rpartition("\n")[0]
    assert sum(c.isalnum() for c in said) <= 60 * 5.0


def test_the_checker_finds_long_and_hard_sentences() -> None:
    assert long_sentences("水" * 41 + "。短句。") == ["水" * 41]
    assert long_sentences("涉及路段：" + "、".join(["人民路"] * 30) + "。") == []
    hard = "Notwithstanding the aforementioned unavailability, rehabilitation is anticipated imminently."
    assert flesch(hard) < LEAST_FLESCH < flesch("Store some water now. Keep the taps closed.")
