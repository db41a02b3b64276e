"""What a notice would sound and look like by every channel, before and after anybody says it (ON-02)."""

import asyncio

from fastapi import Response

from api.context import Here
from api.gate import Asker, Caller, Door
from api.parameters import Id
from api.permissions import Limit as Reach
from api.permissions import Permission
from api.problems import not_found
from api.routes.notices import readable
from api.wire import Answer, Json, plain
from core.model.bulletin import Bulletin
from core.model.message import Message
from core.model.text import LANGS, Lang, Text
from response.bulletins import as_of, bulletin_of
from response.delivery.as_sent import as_sent
from response.delivery.composing import composed, template_for
from response.delivery.mailings import exercised
from response.delivery.spec import CustomerChannel
from response.notices.unsaid import Over, stands, unproven, unsaid
from response.notices.validation import Lack
from response.notices.versions import prepared, published
from response.renderings.headline import headline
from response.renderings.ivr import ivr, seconds
from response.renderings.plain import flesch, long_sentences
from response.renderings.press import press
from response.renderings.sms import GSM, GSM_PART, UCS2, UCS2_PART, DoesNotFit, sms
from response.renderings.web import paragraphs


async def renderings(here: Here, caller: Asker, id: Id, over: Over | None = None) -> Answer:
    """Of what is being prepared, as if it were published now, else of what stands: headline, page, press,
    telephone with its seconds, short message with its parts, each configured channel's own message; sentences
    too long and the reading ease (ON-29). over: of its end instead, before anybody decides it; `lacks`: why
    it could not be decided now, or not `hard`, what whoever withdraws it is to know."""
    lacks: tuple[Lack, ...] = ()
    if over is None:
        bulletin, _ = await _bulletin(here, caller, id)
    else:
        bulletin, lacks = await _end(here, caller, id, over)
    file = here.deps.delivering.file if here.deps.delivering else None
    sent = exercised(bulletin, file) if file else bulletin
    channels = [_of_channel(sent, channel) for channel in file.channels] if file else []
    return Answer(_rendered(bulletin) | {"channels": channels, "lacks": [plain(one) for one in lacks]})


async def poster_of(here: Here, caller: Asker, id: Id, lang: Lang = "zh") -> Response:
    """The A4 sheet as it would be printed now (PDF); of what is not published it says so."""
    bulletin, draft = await _bulletin(here, caller, id)
    sheet = await asyncio.to_thread(_drawn, bulletin, lang, draft)
    named = {"Content-Disposition": f'inline; filename="{bulletin.number}-{lang}.pdf"'}
    return Response(sheet, 200, {"Cache-Control": "no-store", **named}, "application/pdf")


def _drawn(bulletin: Bulletin, lang: Lang, draft: bool) -> bytes:
    """What draws it is heavy, and is imported here: never where everybody waits for it."""
    from response.renderings.poster import poster  # noqa: PLC0415

    return poster(bulletin, lang, draft=draft)


async def _bulletin(here: Here, caller: Caller, id: str) -> tuple[Bulletin, bool]:
    """And whether it is not published."""
    deps, now_ns = here.deps, here.deps.clock.now_ns()
    async with deps.ledger.read() as tx:
        await readable(caller, tx, id)
        before, said = await prepared(tx, id), await published(tx, id)
        if said and (before.pending is None or caller.limit is Reach.PUBLISHED):
            return as_of(bulletin_of(said[-1], deps.plant, before.head), now_ns), False
        version, _ = await unsaid(tx, before, now_ns, deps.times)
    bulletin, delivering = bulletin_of(version, deps.plant), deps.delivering
    if before.pending is None and delivering is not None:
        bulletin = exercised(bulletin, delivering.file)
    return bulletin, True


async def _end(here: Here, caller: Caller, id: str, over: Over) -> tuple[Bulletin, tuple[Lack, ...]]:
    """As if it were decided now; and why it could not be, or what to know before."""
    deps = here.deps
    if caller.limit is Reach.PUBLISHED:
        raise not_found("notice", id)
    async with deps.ledger.read() as tx:
        await readable(caller, tx, id)
        before = await prepared(tx, id)
        now_ns = deps.clock.now_ns()
        version, _ = await unsaid(tx, before, now_ns, deps.times, over)
        back = over is Over.RESTORED
        lacks = await (unproven(tx, before.head, now_ns) if back else stands(tx, before.head))
    return bulletin_of(version, deps.plant), lacks


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
    limit = (UCS2, UCS2_PART) if made.ucs2 else (GSM, GSM_PART)
    single, part = limit
    room = single if made.parts == 1 else part * made.parts
    return {"text": made.text, "parts": made.parts, "units": made.units, "room": room, "ucs2": made.ucs2}


def _of_channel(b: Bulletin, channel: CustomerChannel) -> Json:
    """As people get it by this channel: its text, or its registered template with what fills it; `why` where
    it cannot carry it."""
    shape: Json = {"id": channel.id, "address": channel.address}
    try:
        made = [composed(b, channel, "", "", lang) for lang in LANGS]
    except (DoesNotFit, LookupError) as error:
        return shape | {"why": str(error)}
    if not made[0].template:
        return shape | {"text": _both(made[0].body)}
    said = {lang: _template(channel, b, m, lang) for lang, m in zip(LANGS, made, strict=True)}
    return shape | said


def _template(channel: CustomerChannel, b: Bulletin, made: Message, lang: Lang) -> Json:
    """lang: of the template that these readers get; where none is registered in theirs it is another."""
    own = template_for(channel, b, lang)
    said = own.lang or "zh" if own else lang
    arrives = as_sent(b, channel, lang)
    return {
        "template": made.template,
        "lang": said,
        "variables": dict(made.variables),
        "text": arrives.text,
        "parts": arrives.parts,
    }


def _names(b: Bulletin) -> tuple[str, ...]:
    return (b.area.en, b.utility.en, *(street.name.en for street in b.streets))


DOORS = (
    Door("GET", "/api/v1/notices/{id}/renderings", renderings, Permission.NOTICES),
    Door("GET", "/api/v1/notices/{id}/poster", poster_of, Permission.NOTICES),
)
