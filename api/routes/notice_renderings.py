"""What a notice would sound and look like by every channel, before and after anybody says it (ON-02)."""

from api.context import Here
from api.gate import Asker, Door
from api.parameters import Id
from api.permissions import Limit as Reach
from api.permissions import Permission
from api.routes.notices import readable
from api.wire import Answer, Json
from core.model.bulletin import Bulletin
from core.model.notice import Notice
from core.model.notice_version import NoticeVersion, VersionState, version_id
from core.model.text import Lang, Text
from response.bulletins import bulletin_of
from response.notices.versions import identifier, prepared, published
from response.renderings.headline import headline
from response.renderings.ivr import ivr, seconds
from response.renderings.plain import flesch, long_sentences
from response.renderings.press import press
from response.renderings.sms import DoesNotFit, sms
from response.renderings.web import paragraphs

LANGS: tuple[Lang, ...] = ("zh", "en")


async def renderings(here: Here, caller: Asker, id: Id) -> Answer:
    """Of what is being prepared, else of what stands: headline, page, press, telephone with its seconds,
    short message with its parts; sentences too long and the reading ease (ON-29)."""
    deps = here.deps
    async with deps.ledger.read() as tx:
        await readable(here, caller, tx, id)
        before = await prepared(tx, id)
        said = await published(tx, id)
    now_ns = deps.clock.now_ns()
    if said and (before.pending is None or caller.limit is Reach.PUBLISHED):
        bulletin = bulletin_of(said[-1], deps.plant, before.head)
    else:
        bulletin = bulletin_of(_draft(before.content, now_ns), deps.plant)
    return Answer(_rendered(bulletin))


def _draft(content: Notice, now_ns: int) -> NoticeVersion:
    """As if it were published now."""
    return NoticeVersion(
        id=version_id(content.id, content.version),
        notice=content.id,
        version=content.version,
        state=VersionState.DRAFT,
        change=content.change,
        content=content,
        identifier=identifier(content.id, content.version, now_ns),
        sent_ns=now_ns,
    )


def _rendered(b: Bulletin) -> Json:
    spoken, page = ivr(b), paragraphs(b)
    return {
        "version": b.version,
        "headline": _both(headline(b)),
        "web": _both(page),
        "press": _both(press(b)),
        "ivr": {lang: {"text": spoken.in_(lang), "seconds": _spoken_s(spoken, lang)} for lang in LANGS},
        "sms": {lang: _message(b, lang) for lang in LANGS},
        "plain": {
            "long_sentences": long_sentences(f"{page.zh}\n{b.instruction.zh}", (b.area.zh,)),
            "flesch": round(flesch(f"{page.en}\n{b.instruction.en}", _names(b))),
        },
    }


def _both(text: Text) -> Json:
    return {"zh": text.zh, "en": text.en}


def _spoken_s(text: Text, lang: Lang) -> float:
    return round(seconds(text.in_(lang), lang), 1)


def _message(b: Bulletin, lang: Lang) -> Json:
    """parts: what is charged; None where it does not fit four."""
    try:
        made = sms(b, lang, signature=b.utility.in_(lang), link=b.url, most_parts=4)
    except DoesNotFit:
        return {"text": None, "parts": None}
    return {"text": made.text, "parts": made.parts}


def _names(b: Bulletin) -> tuple[str, ...]:
    return (b.area.en, b.utility.en, *(street.name.en for street in b.streets))


DOORS = (Door("GET", "/api/v1/notices/{id}/renderings", renderings, Permission.NOTICES),)
