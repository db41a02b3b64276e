"""F-17: the page on which something is reported: stands while somebody reads it, says what to mend, gives the
code at once, is bounded, and keeps nothing in plain."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from core.model.letterbox import REPORTABLE, WebReport
from core.model.report import Symptom
from core.model.text import Text
from core.model.tracking import token_of
from public_portal import report_words
from public_portal.letter_seal import opened, public_half, sealed
from public_portal.letterbox import FETCHED_WITHIN_S, Letterbox
from public_portal.limit import household
from public_portal.report_doors import AT_ONCE
from tests.public_portal import samples
from tests.public_portal.letter_town import FORM, KEY, LetterTown, letter_town, with_key


@pytest.fixture
def town(tmp_path: Path) -> Iterator[LetterTown]:
    with letter_town(tmp_path) as made:
        yield made


@pytest.fixture
def fetched(town: LetterTown) -> LetterTown:
    hub_came(town)
    return town


def hub_came(town: LetterTown) -> list[WebReport]:
    """What it found."""

    async def came() -> list[bytes]:
        hub = town.hub()
        found = await hub.waiting(100)
        await hub.close()
        return [letter for _, letter in found.letters]

    return [msgspec.json.decode(opened(one, KEY), type=WebReport) for one in asyncio.run(came())]


def code_in(page: str) -> str:
    found = re.search(r'class="said code">([0-9a-z-]+)<', page)
    assert found, page
    return token_of(found[1]) or pytest.fail(f"no code: {found[1]}")


def test_the_form_stands_only_while_the_hub_fetches(town: LetterTown) -> None:
    before = town.citizen.get("/report")
    assert (before.status_code, "<form" in before.text, "不会有人看到" in before.text) == (200, False, True)
    assert town.citizen.post("/report", data=FORM).status_code == 503 and town.lying() == []
    hub_came(town)
    page = town.citizen.get("/report")
    assert 'method="post"' in page.text and "96000" in page.text
    assert page.headers["cache-control"] == "no-store"
    english = town.citizen.get("/report?lang=en").text
    assert "Report a problem" in english and 'action="/report?lang=en"' in english
    assert "/report" in town.citizen.get("/").text, "every page leads there"


@pytest.mark.parametrize("kind", ["no key", "stale"])
def test_without_a_hub_that_reads_nothing_can_be_left(fetched: LetterTown, kind: str) -> None:
    shown = samples.ordinary() if kind == "no key" else with_key(samples.stale())
    fetched.show(replace(shown, seq=9_000))
    page = fetched.citizen.get("/report").text
    said = {"no key": "不接收网上反映", "stale": "不会有人看到"}[kind]
    assert "<form" not in page and said in page
    assert fetched.citizen.post("/report", data=FORM).status_code == 503 and fetched.lying() == []


def test_when_the_hub_has_not_come_for_ten_minutes_it_falls(tmp_path: Path) -> None:
    now = [0.0]
    box = Letterbox(tmp_path, now_s=lambda: now[0])
    assert not box.fetched
    box.waiting(1)
    now[0] = FETCHED_WITHIN_S - 1
    assert box.fetched
    now[0] = FETCHED_WITHIN_S
    assert not box.fetched


def test_what_is_told_reaches_the_hub_whole_under_the_code_that_the_page_gave(fetched: LetterTown) -> None:
    said = fetched.citizen.post("/report", data=FORM)
    assert said.status_code == 200 and said.headers["cache-control"] == "no-store"
    code = code_in(said.text)
    assert f'href="/zh/t/{code}"' in said.text
    (report,) = hub_came(fetched)
    assert (report.token, report.symptom, report.address) == (code, Symptom.NO_WATER, FORM["address"])
    assert (report.zone, report.text) == ("dma-02", FORM["text"])
    assert abs(report.sent_ns - samples.NOW) < 600 * 10**9, "plant time"


def test_a_page_that_is_loaded_again_sends_nothing_twice_and_another_report_is_another(fetched) -> None:
    first, again = (fetched.citizen.post("/report", data=FORM).text for _ in range(2))
    other = fetched.citizen.post("/report", data=FORM | {"address": "人民路46号"}).text
    assert code_in(first) == code_in(again) != code_in(other)
    assert len(hub_came(fetched)) == 2


def test_a_button_pressed_twice_sends_once(fetched: LetterTown) -> None:
    with ThreadPoolExecutor(8) as hands:
        pressed = list(hands.map(lambda _: fetched.citizen.post("/report", data=FORM), range(8)))
    assert [one.status_code for one in pressed] == [200] * 8
    assert len({code_in(one.text) for one in pressed}) == 1
    assert len(hub_came(fetched)) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"symptom": ""}, "请选择出了什么问题"),
        ({"symptom": "other"}, "请选择出了什么问题"),
        ({"address": " "}, "2到100个字"),
        ({"address": "街" * 101}, "2到100个字"),
        ({"address": "13987654321"}, "户号或电话"),
        ({"area": "dma-99"}, "没有这个片区"),
        ({"text": "字" * 501}, "不超过500字"),
    ],
)
def test_what_is_wrong_is_said_first_and_what_was_typed_stays(fetched, changed, said) -> None:
    page = fetched.citizen.post("/report", data=FORM | changed)
    assert page.status_code == 422 and page.text.index(said) < page.text.index("<h1>")
    assert re.search(r"<title>错误：", page.text)
    (field,) = changed
    assert f'href="#{field}"' in page.text and f'id="{field}"' in page.text
    if field != "address":
        assert f'value="{FORM["address"]}"' in page.text
    assert fetched.lying() == []


def test_rubbish_is_answered_as_a_form_that_is_empty(fetched: LetterTown) -> None:
    for rubbish in (b"", b"\xff\xfe=1", b"&".join(b"a=1" for _ in range(50)), b"symptom=no_water%00"):
        assert fetched.citizen.post("/report", content=rubbish).status_code == 422
    assert fetched.citizen.post("/report", content=b"text=" + b"a" * 20_000).status_code == 413
    marks = fetched.citizen.post(
        "/report", data=FORM | {"address": '"><script>alert(1)</script>', "symptom": ""}
    )
    assert "<script>" not in marks.text and fetched.lying() == []


def test_what_steers_a_terminal_or_turns_a_line_about_is_not_passed_on(fetched: LetterTown) -> None:
    odd = {"address": "人民路\u202e44\x1b[31m号\r\n后门", "text": "一\r\n二\x07"}
    assert fetched.citizen.post("/report", data=FORM | odd).status_code == 200
    (report,) = hub_came(fetched)
    assert (report.address, report.text) == ("人民路 44 [31m号 后门", "一\n二")


def test_only_a_page_of_the_portal_sends(fetched: LetterTown) -> None:
    for foreign in (
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        answer = fetched.citizen.post("/report", data=FORM, headers=foreign)
        assert answer.status_code == 403 and "不是从本站页面发出" in answer.text
    assert fetched.lying() == []
    own = {"origin": fetched.url, "sec-fetch-site": "same-origin"}
    assert fetched.citizen.post("/report", data=FORM, headers=own).status_code == 200


def test_an_address_sends_so_many_and_is_told_when_again(fetched: LetterTown) -> None:
    for n in range(AT_ONCE):
        assert fetched.citizen.post("/report", data=FORM | {"address": f"人民路{n}号"}).status_code == 200
    more = fetched.citizen.post("/report", data=FORM)
    assert more.status_code == 429 and int(more.headers["retry-after"]) > 0
    assert "请稍后再试" in more.text and f'value="{FORM["address"]}"' in more.text
    assert len(fetched.lying()) == AT_ONCE
    counted = fetched.citizen.get("/healthz").json()["letterbox"]
    assert counted == {"waiting": AT_ONCE, "most": 1_000, "refused": {"often": 1}}


def test_neighbours_in_one_household_s_prefix_are_one_address() -> None:
    assert household("2001:db8:1:2:3::4") == household("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert household("2001:db8:1:3::4") != household("2001:db8:1:2::4")
    assert household("::ffff:198.51.100.7") == household("198.51.100.7") == "198.51.100.7"
    assert household("") == "" and household("testclient") == "testclient"


def test_a_full_box_takes_no_more_counts_it_and_remembers_over_a_restart(tmp_path: Path) -> None:
    box = Letterbox(tmp_path, most=3)
    letters = [sealed(b"%d" % n, public_half(KEY)) for n in range(4)]
    assert [box.put(one) for one in letters] == [True, True, True, False]
    assert (box.n, box.full, dict(box.refused)) == (3, True, {"full": 1})
    (tmp_path / ".000000000009-x.cut").write_bytes(b"left by a crash")
    again = Letterbox(tmp_path, most=3)
    assert [letter for _, letter in again.waiting(9)] == letters[:3]
    assert len(list(tmp_path.iterdir())) == 3, "what a crash leaves does not pile up"
    again.taken([name for name, _ in again.waiting(1)])
    assert again.put(letters[3]) and [letter for _, letter in again.waiting(9)] == letters[1:]


def test_nothing_of_what_was_written_lies_on_the_portal_s_disk(fetched: LetterTown) -> None:
    canary = FORM | {"address": "金丝雀街7号", "text": "canary words"}
    code = code_in(fetched.citizen.post("/report", data=canary).text)
    (letter,) = fetched.lying()
    assert letter.stat().st_mode & 0o777 == 0o600
    for file in fetched.letters.parent.parent.rglob("*"):
        if file.is_file():
            content = file.read_bytes() + file.name.encode()
            for word in ("金丝雀", "canary", code, "no_water"):
                assert word.encode() not in content, file


def test_every_symptom_and_reason_has_words_in_both_languages() -> None:
    assert set(report_words.SYMPTOMS) == set(REPORTABLE)
    every: list[Text] = [*report_words.SYMPTOMS.values(), *report_words.WHY_CLOSED.values()]
    assert all(one.zh and one.en and one.zh != one.en for one in [*every, *report_words.PHRASES.values()])
