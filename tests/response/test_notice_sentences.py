"""ON-12: each element of a quality notice is a sentence of its own, however a person ended the field."""

import re
from dataclasses import fields, replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.model.notice import LAB_KINDS, NoticeKind, QualityFacts, Supply
from core.model.shanghai import span
from core.model.text import Text
from response.notices.closing import called_off
from response.notices.templates import filled
from response.sentences import part, sentence
from response.wording import estimate
from tests.response import little_town as town
from tests.response.little_notices import bare

ELEMENTS = ("finding", "effects", "risk", "doing", "alternatives", "authority")
LEADS_ZH = ("检测情况：", "健康影响：", "重点人群：", "正在采取的措施：", "替代用水：", "已报告")
LEADS_EN = ("What we found: ", "Health effects: ", "Most at risk: ", "What is being done: ", "Instead: ")
LEADS_EN = (*LEADS_EN, "Reported to ")
PLANT = town.plant()
_ENDS = st.sampled_from(
    ["", "。", ".", "!", "！", "?", "？", "…", "……", "，", ";", "；", ":", "”", "。”", ".)"]
)
_AROUND = st.sampled_from(["", " ", "\n", " \n ", "\u3000", "\r\n"])


def _words(alphabet: str, gap: str) -> st.SearchStrategy[str]:
    """One to three lines of words with any end, with spaces or line breaks around them."""
    line = st.builds(str.__add__, st.text(alphabet, min_size=1, max_size=12), _ENDS)
    lines = st.lists(line, min_size=1, max_size=3).map(gap.join)
    return st.builds(lambda a, words, b: f"{a}{words}{b}", _AROUND, lines, _AROUND)


ANY = st.just(Text("", "")) | st.builds(
    Text, _words("检出可能引起腹泻婴幼儿瓶装水", "\n"), _words("abcdefghij", "\n")
)


def told(facts: QualityFacts) -> Text:
    notice = bare(NoticeKind.BOIL, supply=Supply.QUALITY, quality=facts)
    made = filled(notice, PLANT).description
    assert made is not None
    return made


def letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


WALKED = QualityFacts(
    finding=Text("检出大肠埃希氏菌", "E. coli found"),
    effects=Text("可能引起腹泻、呕吐", "may cause diarrhoea and vomiting"),
    risk=Text("婴幼儿、老人", "infants, the old"),
    doing=Text("正在消毒、冲洗、复测", "We are disinfecting, flushing and testing again"),
    alternatives=Text("瓶装水", "bottled water"),
    authority=Text("市卫健委", "City health office"),
)


PLANNED = bare(
    NoticeKind.PLANNED_OUTAGE,
    reason=Text("更换阀门。\n", "a valve is replaced. "),
    written=("reason",),
)


@settings(deadline=None)
@given(facts=st.builds(QualityFacts, **dict.fromkeys(ELEMENTS, ANY)))
@example(facts=WALKED)
def test_on12_whatever_is_typed_no_element_runs_into_the_next(facts: QualityFacts) -> None:
    said = told(facts)
    assert "\n" not in said.zh + said.en
    for lang, leads, stops in (("zh", LEADS_ZH, "。！？…!?."), ("en", LEADS_EN, "。！？….!?")):
        text = said.in_(lang)  # type: ignore[arg-type]
        head, *rest = re.split("|".join(map(re.escape, leads)), text)
        typed = [getattr(facts, name).in_(lang) for name in ELEMENTS]
        assert [letters(one) for one in rest] == [letters(words) for words in typed if letters(words)]
        assert [lead for lead in leads if lead in text] == [
            lead for lead, words in zip(leads, typed, strict=True) if letters(words)
        ]
        for one in (head, *rest):
            assert one.strip().rstrip("”)").endswith(tuple(stops))
            assert not re.search(r"。[。.]|[，；：,;:][。.]", one)


def test_on12_the_walked_notice_reads_as_sentences() -> None:
    assert told(WALKED).en.endswith(
        "What we found: E. coli found. Health effects: may cause diarrhoea and vomiting. "
        "Most at risk: infants, the old. What is being done: We are disinfecting, flushing and testing "
        "again. Instead: bottled water. Reported to City health office."
    )


def test_on12_every_element_has_its_lead_in() -> None:
    assert set(ELEMENTS) == {field.name for field in fields(QualityFacts)} - {"lab", "confirmed_ns"}


@given(words=ANY)
def test_a_part_of_a_sentence_brings_no_stop_and_no_line(words: Text) -> None:
    for one in (part(words).zh, part(words).en):
        assert "\n" not in one and not one.endswith(("。", ".", "，", ";"))
    assert sentence(sentence(words)) == sentence(words)


def test_a_reason_with_its_own_stop_does_not_end_the_sentence_twice() -> None:
    for made in (PLANNED, replace(PLANNED, kind=NoticeKind.EMERGENCY_OUTAGE)):
        said = filled(made, PLANT).description
        assert said is not None and "。，" not in said.zh and ".." not in said.en and "\n" not in said.zh


def test_where_nothing_is_to_be_restored_no_time_of_restoration_is_awaited() -> None:
    """ON-07, ON-12: advice about water ends by an all-clear, which nobody estimates."""
    for kind in LAB_KINDS:
        said = estimate(replace(PLANNED, kind=kind))
        assert "恢复" not in said.zh and "restoration" not in said.en
        assert "解除公告" in said.zh and "lifted" in said.en
    assert "恢复时间尚在评估" in estimate(replace(PLANNED, kind=NoticeKind.EMERGENCY_OUTAGE)).zh


def test_brown_water_holds_until_it_is_lifted_and_nothing_is_assessed() -> None:
    """ON-07: the supply was never off, so no time of its return is being worked out."""
    said = estimate(bare(NoticeKind.DISCOLOURED))
    assert "以解除公告为准" in said.zh and "评估" not in said.zh
    assert "assessed" not in said.en


def test_a_planned_cut_that_is_called_off_keeps_the_whole_of_its_old_time() -> None:
    """E2E-4: whoever stored water for it sees from when to when it was to be."""
    ends_ns = PLANNED.starts_ns + 6 * town.HOUR
    planned = filled(replace(PLANNED, eta_earliest_ns=ends_ns, eta_latest_ns=ends_ns), PLANT)
    off = called_off(planned, PLANNED.starts_ns - town.HOUR)
    old = span(PLANNED.starts_ns, ends_ns)
    assert old.zh in off.body.zh and old.en in off.body.en
    assert off.eta_latest_ns is None
    assert off.moved_from_ns == (PLANNED.starts_ns, ends_ns)
