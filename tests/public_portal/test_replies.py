"""That water is back, said to callers alone: what they were sent is no forgery, and its link opens."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import msgspec
import pytest

from core.adapters.folder_snapshots import FolderSnapshots
from core.adapters.segment_spool.spool import SegmentSpool
from core.adapters.sqlite_historian import SqliteHistorian
from core.model.bulletin import Bulletin, Ending
from core.model.clock import Anchor
from core.model.incident import GIVEN_UP, IncidentState
from core.model.mailing import Mailing
from core.model.snapshot import PublicReply, PublicSnapshot
from core.model.text import LANGS, Text
from core.runtime.clock import AnchoredClock
from public_portal.publish import Publisher
from public_portal.replied import KEPT_NS
from public_portal.sentences import fingerprints, sentences
from public_portal.server import build
from public_portal.signing import opened, public_key_of, sealed
from public_portal.verify import Verdict, verify
from response.delivery.as_sent import as_sent
from response.delivery.composing import composed
from response.delivery.spec import CustomerChannel
from response.renderings.ivr import ivr
from response.renderings.press import press
from response.renderings.sms import sms
from tests.public_portal import samples
from tests.public_portal.conftest import serving
from tests.response import little_town as town
from tests.response.post_office import Post, person, phone, post_office

PUBLIC = public_key_of(samples.KEY)
SITE = "https://water.example.cn"
INC = "INC-20261123-00003"
ZH = "【清河水务】${area}${matter}，${when}。详情 https://water.example.cn/n/${number} 热线96000"
EN = "(Example Water) ${area}: ${matter}, ${when_1} ${when_2}. https://water.example.cn/n/${number} Tel 96000"
CARD = (
    "公告编号：{{character_string1.DATA}} 区域：{{thing2.DATA}} 事项：{{thing3.DATA}} 时间：{{thing4.DATA}}"
)
LISTS = ("/", "/planned", "/area/dma-01", "/feed/zh.atom", "/notices.jsonl", "/api/v1/latest")
IN_TWO = {"area": "area", "matter": "matter", "when_1": "when_1", "when_2": "when_2", "number": "number"}
ONE = {"area": "area", "matter": "matter", "when": "when", "number": "number"}
ROWS = {"character_string1": "number", "thing2": "area", "thing3": "matter", "thing4": "when"}


class Published:
    """Customers' delivery, and a publisher beside it on one ledger."""

    def __init__(self, post: Post, spool: SegmentSpool, historian: SqliteHistorian, folder: Path) -> None:
        self.post, self._spool, self._historian = post, spool, historian
        self.store = FolderSnapshots(folder / "public")
        self.plant = town.plant()
        self.clock = post.clock

    async def look(self) -> PublicSnapshot:
        """As another publisher would publish now, its process started anew."""
        publisher = Publisher(
            *(self.post.ledger, self._spool, self._historian, self.plant),
            *(self.store, samples.KEY, self.clock),
            channels=self.post.file.channels,
        )
        await publisher.publish()
        content, signature = self.store.get() or pytest.fail("nothing was published")
        return opened(content, signature, PUBLIC)

    async def back(self, *, spoken: bool = False) -> Mailing:
        """A1 called of a fault that nobody published, and it is over. spoken: nobody saw it end."""
        post = self.post
        await post.called("A1", incident=INC)
        back_ns = None if spoken else post.clock.now_ns() - 5 * town.MIN
        why = (next(iter(GIVEN_UP.values())),) if spoken else ()
        over = town.burst(IncidentState.RESTORED, id=INC)
        await town.report(post.ledger, town.burst(id=INC))
        await town.report(post.ledger, replace(over, back_ns=back_ns, why=(*over.why, *why)))
        return await post.done(f"{INC}.restored")


@asynccontextmanager
async def _published(folder: Path) -> AsyncIterator[Published]:
    texts = [
        {"id": "SMS_ZH", "lang": "zh", "text": ZH, "variables": ONE},
        {"id": "SMS_EN", "lang": "en", "text": EN, "variables": IN_TWO},
    ]
    async with post_office(folder, templates=texts) as post:
        wechat, *others = post.file.channels
        card = wechat.templates[0].model_copy(update={"text": CARD, "variables": ROWS})
        abroad = others[0].model_copy(update={"id": "abroad", "templates": (), "link": "https://w.cn/"})
        post.file = post.file.model_copy(
            update={"channels": (wechat.model_copy(update={"templates": (card,)}), *others, abroad)}
        )
        await post.people(person(1, "A1", phone=phone(1)))
        spool = await SegmentSpool.open(folder / "spool")
        historian = await SqliteHistorian.open(folder / "historian.db", town.plant().tags)
        post.started()
        yield Published(post, spool, historian, folder)
        await post.stopped()
        await historian.close()
        await spool.close()


@pytest.fixture
async def town_(tmp_path: Path) -> AsyncIterator[Published]:
    async with _published(tmp_path) as made:
        yield made


def message(sent: dict[str, object], text: str = ZH) -> str:
    """A short message as the gateway fills it."""
    for name, value in dict(sent["params"]).items():  # type: ignore[call-overload]
        text = text.replace("${" + name + "}", value)
    return text


async def test_hl_14_what_callers_alone_were_sent_is_genuine_and_its_link_opens(town_: Published) -> None:
    await town_.back()
    (sent,) = town_.post.sms.sent
    said = message(sent)
    assert INC in said and "恢复" in said
    await town_.look()
    with serving(build(town_.store, PUBLIC)) as at:
        async with httpx.AsyncClient(base_url=at, verify=False, timeout=30) as portal:

            async def asked(text: str, lang: str = "zh") -> str:
                return (await portal.get("/verify", params={"q": text, "lang": lang})).text

            assert "v-genuine" in await asked(said)
            assert "发给来电用户的通知" in await asked(said)
            for text in (INC, f"{SITE}/n/{INC}", INC.lower()):
                assert "v-known" in await asked(text)
            forged = await asked(said + "。请把押金转到指定账户。")
            assert "v-altered" in forged and "<li>请把押金转到指定账户</li>" in forged
            assert "v-altered" in await asked(said.replace("96000", "96001"))
            assert "v-altered" in await asked(said.replace(INC, "INC-20261123-00004"))
            assert "v-unknown" in await asked("INC-20261123-00004")
            page = await portal.get(f"/n/{INC}")
            assert page.status_code == 200 and page.headers["x-robots-tag"] == "noindex"
            zh, en = [(await portal.get(f"/{lang}/n/{INC}")).text for lang in LANGS]
            assert "城东片区" in zh and "只发给" in zh and "没有关于此事的现行公告" in zh and "96000" in zh
            assert "East district" in en and "only to those who had reported it" in en
            assert "no public notice about it stood" in en and '<html lang="en">' in en
            assert (await portal.get(f"/fr/n/{INC}")).status_code == 404
            assert (await portal.get("/n/INC-20261123-00004")).status_code == 404
            for path in LISTS:
                assert INC not in (await portal.get(path)).text, path


@pytest.mark.parametrize("spoken", [False, True], ids=["restored", "quiet"])
async def test_hl_14_every_sentence_of_every_rendering_is_genuine(town_: Published, spoken: bool) -> None:
    b = (await town_.back(spoken=spoken)).bulletin
    assert (b.ending is Ending.QUIET) is spoken
    snapshot = await town_.look()
    every = list(renderings(b, town_.post.file.channels))
    assert len(every) > 10
    for text in every:
        found = verify(snapshot, text)
        assert found.verdict is Verdict.GENUINE and found.reply is not None, (text, found)
        for sentence in sentences(text):
            assert verify(snapshot, sentence).verdict is Verdict.GENUINE, sentence
    assert (verify(snapshot, "供水已恢复正常。").verdict is Verdict.UNKNOWN) is spoken


def renderings(b: Bulletin, channels: tuple[CustomerChannel, ...]) -> Iterator[str]:
    for lang in LANGS:
        yield press(b).in_(lang)
        yield sms(b, lang, signature=b.utility.in_(lang), link=b.url).text
        if b.ending is None:
            yield ivr(b).in_(lang)
        for channel in channels:
            made = as_sent(b, channel, lang)
            assert made.why is None
            yield made.text
    for template in channels[0].templates:
        labels = ("公告编号", "区域", "事项", "时间")
        values = dict(composed(b, channels[0], "", "", "zh").variables)
        yield from (
            f"{label}：{values[name]}" for label, name in zip(labels, template.variables, strict=True)
        )


async def test_what_was_said_stays_as_it_was_said_and_leaves_after_some_days(town_: Published) -> None:
    await town_.back()
    (first,) = (await town_.look()).replies
    assert (first.number, first.area.zh, first.confirmed) == (INC, "城东片区", False)
    renamed = replace(town_.plant.zones["dma-01"], name=Text("新城片区", "New district"))
    town_.plant = replace(town_.plant, zones={**town_.plant.zones, "dma-01": renamed})
    town_.post.file = town_.post.file.model_copy(update={"channels": town_.post.file.channels[1:]})
    assert (await town_.look()).replies == (first,)
    now_ns = first.sent_ns + KEPT_NS
    town_.clock = AnchoredClock(Anchor(time.time_ns(), now_ns - town.HOUR, 1.0))
    assert (await town_.look()).replies == (first,)
    town_.clock = AnchoredClock(Anchor(time.time_ns(), now_ns, 1.0))
    assert (await town_.look()).replies == ()


async def test_nothing_of_the_callers_crosses(town_: Published) -> None:
    await town_.back()
    replies = (await town_.look()).replies
    assert [one.area for one in replies] == [Text("城东片区", "East district")]
    content = msgspec.json.encode(replies).decode()
    for private in (phone(1), "A1", "P0001", "用户", "RPT-", "TEL-", "人民路", "dma-01"):
        assert private not in content, private


async def test_an_exercise_leaves_nothing_to_verify(town_: Published) -> None:
    town_.post.file = town_.post.file.model_copy(update={"exercise": True})
    await town_.post.stopped()
    town_.post.started()
    await town_.back()
    assert (await town_.look()).replies == ()


def reply(**more: object) -> PublicReply:
    return replace(samples.reply(), **more)  # type: ignore[arg-type]


def test_of_two_times_that_it_was_over_the_first_is_superseded() -> None:
    later = reply(sent_ns=samples.NOW, sentences=fingerprints(["城东片区已于11月22日22:50恢复供水"]))
    snapshot = samples.ordinary(replies=(later, samples.reply()))
    said = samples.reply().title.zh
    assert verify(snapshot, said).verdict is Verdict.SUPERSEDED
    assert verify(snapshot, "城东片区已于11月22日22:50恢复供水").verdict is Verdict.GENUINE
    assert verify(snapshot, later.number).reply == later


def test_a_message_that_names_our_number_and_nothing_else_of_ours_is_altered() -> None:
    snapshot = samples.ordinary(replies=(samples.reply(),))
    found = verify(snapshot, f"公告{samples.reply().number}：全市停水三天。")
    assert (found.verdict, found.reply) == (Verdict.ALTERED, samples.reply())


def test_a_notice_that_says_the_same_goes_before() -> None:
    snapshot = samples.burst()
    (version, *_) = snapshot.notices[0].versions
    same = reply(sentences=version.sentences)
    found = verify(replace(snapshot, replies=(same,)), version.body.zh)
    assert found.notice is not None and found.reply is None


class _Older(msgspec.Struct, kw_only=True):
    """What a portal knows of a snapshot that knows of no replies."""

    seq: int
    notices: list[object]


def test_older_portals_take_a_snapshot_with_it_and_newer_ones_one_without() -> None:
    content, signature = sealed(samples.ordinary(replies=(samples.reply(),)), samples.KEY)
    assert msgspec.json.decode(content, type=_Older).seq == 1
    assert opened(content, signature, PUBLIC).replies == (samples.reply(),)
    without = msgspec.json.decode(content)
    del without["replies"]
    assert msgspec.json.decode(msgspec.json.encode(without), type=PublicSnapshot).replies == ()
    bare = {"number": INC, "area": {"zh": "您", "en": "you"}, "sent_ns": 1, "title": {"zh": "a", "en": "b"}}
    assert msgspec.convert({**bare, "body": {"zh": "a", "en": "b"}}, PublicReply).sentences == ()
