"""The pages as HTML, rendered here whole: no script, no request to anyone else."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.model.shanghai import moment
from core.model.snapshot import Area, PublicNotice, PublicTracking, PublicVersion
from core.model.text import Lang
from public_portal import notice_extras, words
from public_portal.asked import IN_PATH, Asked, address
from public_portal.drinking import with_drinking
from public_portal.lookup import Answer, Lookup, NotAnAddress, look_up
from public_portal.phrases import phrases
from public_portal.pressure_views import PressureView
from public_portal.received import Received
from public_portal.shared import share
from public_portal.stages import BLIND
from public_portal.track import tracking_view
from public_portal.verify import Verified
from public_portal.views import NoticeView, ago, area_view, notice_view, summary, verdict
from public_portal.worst_first import worst_first

_HERE = Path(__file__).parent
_REMARK = re.compile(r"[(（\[].*|[,，、;；/／].*", re.DOTALL)
_DIAL = re.compile(r"\+?\d[\d\s.\-–]*\d")
_DIALLED = 3
"""Digits of the shortest number that is one."""


class Pages:
    """One method a page; each answers the whole document."""

    def __init__(self) -> None:
        self._jinja = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def home(self, received: Received, lang: Lang, asked: Asked, question: str) -> str:
        snapshot = received.snapshot
        notices = [
            notice_view(notice, received, lang) for notice in worst_first(snapshot.notices, received.now_ns)
        ]
        answer = self._answer(received, lang, question) if question else {}
        listed = [notice for notice in notices if notice.id not in answer.get("ids", ())]
        return self.page(
            "home.html",
            received,
            lang,
            asked,
            "/",
            {"q": question} if question else {},
            question=question,
            answer=answer or None,
            notices=[notice for notice in listed if not notice.over],
            recent=[notice for notice in listed if notice.over],
            others=len(listed) < len(notices),
            areas=[area_view(area, lang, received.outdated) for area in received.areas],
            summary=with_drinking(
                summary(received.areas, lang, received.outdated),
                received.areas,
                snapshot.notices,
                lang,
                received.stale,
            ),
            example=example(snapshot.areas, lang),
            blind=blind(notices),
        )

    def _answer(self, received: Received, lang: Lang, question: str) -> dict[str, Any]:
        t = phrases(lang)
        try:
            found = look_up(received, question)
        except NotAnAddress as error:
            return {"error": t[f"bad_{error}"], "grave": False}
        return _answered(found, received, lang)

    def area(
        self, received: Received, area: Area, lang: Lang, asked: Asked, pressure: PressureView | None
    ) -> str:
        every = worst_first(received.snapshot.notices, received.now_ns)
        own = [notice for notice in every if notice.reaches(area.id)]
        notices = [notice_view(notice, received, lang) for notice in own]
        view = area_view(area, lang, received.outdated, received.snapshot.comparisons)
        return self.page(
            "area.html",
            received,
            lang,
            asked,
            f"/area/{area.id}",
            area=view,
            pressure=pressure,
            notices=[notice for notice in notices if not notice.over],
            recent=[notice for notice in notices if notice.over],
            summary=with_drinking(verdict(view, lang), [area], own, lang, received.stale),
            blind=blind(notices),
        )

    def notice(self, received: Received, notice: PublicNotice, lang: Lang, asked: Asked) -> str:
        view = notice_view(notice, received, lang)
        return self.page(
            "notice.html",
            received,
            lang,
            asked,
            f"/n/{notice.id}",
            share=share(notice, received, lang),
            notice=view,
            versions=notice_extras.versions(notice, lang),
            points=[] if notice.over else notice_extras.points(notice, lang),
            files=notice_extras.files(notice, lang),
        )

    def version(
        self, received: Received, notice: PublicNotice, said: PublicVersion, lang: Lang, asked: Asked
    ) -> str:
        view = notice_extras.version(notice, said, lang)
        path = f"/n/{notice.id}/v{said.version}"
        return self.page("version.html", received, lang, asked, path, id=notice.id, version=view)

    def verify(
        self, received: Received, lang: Lang, asked: Asked, question: str, found: Verified | None
    ) -> str:
        view = notice_extras.verdict(found, lang) if found else None
        query = {"q": question} if question else {}
        more: dict[str, Any] = {"question": question, "found": view}
        return self.page("verify.html", received, lang, asked, "/verify", query, **more)

    def follow(self, received: Received, lang: Lang, asked: Asked, why: str | None) -> str:
        """why: unlike | ended: what is said of the number that was given."""
        said = phrases(lang)[f"track_{why}"] if why else None
        return self.page("follow.html", received, lang, asked, f"/{IN_PATH}/t", why=said)

    def track(self, received: Received, lang: Lang, asked: Asked, token: str, found: PublicTracking) -> str:
        view = tracking_view(found, received, lang)
        return self.page("track.html", received, lang, asked, f"/{IN_PATH}/t/{token}", tracked=view)

    def about(self, received: Received | None, lang: Lang, asked: Asked, more: Mapping[str, object]) -> str:
        states = [
            (key, words.STATES[key].in_(lang), meaning.in_(lang))
            for key, meaning in words.STATE_MEANINGS.items()
        ]
        counted = received.snapshot.interventions if received else None
        own: dict[str, Any] = {"states": states, "interventions": counted, **more}
        return self.page("about.html", received, lang, asked, "/about", timeless=True, **own)

    def accessibility(self, received: Received | None, lang: Lang, asked: Asked) -> str:
        return self.page("accessibility.html", received, lang, asked, "/accessibility", timeless=True)

    def missing(self, received: Received | None, lang: Lang, asked: Asked) -> str:
        return self.page("missing.html", received, lang, asked, "/")

    def empty(self, lang: Lang, asked: Asked) -> str:
        return self.page("empty.html", None, lang, asked, "/")

    def page(
        self,
        template: str,
        received: Received | None,
        lang: Lang,
        asked: Asked,
        path: str,
        query: Mapping[str, str] = MappingProxyType({}),
        *,
        timeless: bool = False,
        **more: object,
    ) -> str:
        """What every page has: the language and its links, whose site it is, and how old its data are. query:
        the page's own. timeless: it has no data, and a cache may keep it longer than an age holds."""
        other: Lang = "en" if lang == "zh" else "zh"
        sized = replace(asked, large=not asked.large)
        return self._jinja.get_template(template).render(
            t=phrases(lang),
            lang="zh-CN" if lang == "zh" else "en",
            other_lang="en" if lang == "zh" else "zh-CN",
            suffix=asked.suffix,
            kept=asked.kept,
            large=asked.large,
            site=_site(received, lang, timeless),
            other_href=address(path, other, query, replace(asked, lang=other)),
            size_href=address(path, lang, query, sized),
            **{"share": None, **more},
        )


def _site(received: Received | None, lang: Lang, timeless: bool) -> dict[str, object] | None:
    if received is None:
        return None
    snapshot = received.snapshot
    when = ago(received.age_s).in_(lang)
    return {
        "utility": snapshot.utility.in_(lang),
        "hotline": snapshot.hotline,
        "dial": dial(snapshot.hotline),
        "hotline_hours": snapshot.hotline_hours.in_(lang) if snapshot.hotline_hours else None,
        "icp": snapshot.icp,
        "police": snapshot.police_record,
        "police_number": re.sub(r"\D", "", snapshot.police_record),
        "timeless": timeless,
        "seq": snapshot.seq,
        "as_of": moment(snapshot.made_ns).in_(lang),
        "ago": when,
        "stale": received.stale and not timeless,
        "refused_since": (
            moment(received.refusal.since_real_ns).in_(lang) if received.refusal and not timeless else None
        ),
    }


def dial(hotline: str) -> str | None:
    """What a telephone can dial of the hotline as it is printed: `96000` of `96000 (24 h)`. The whole number
    or none: part of one, `96` of `96xxx`, would ring somebody else."""
    printed = _REMARK.sub("", unicodedata.normalize("NFKC", hotline)).strip()
    if not _DIAL.fullmatch(printed):
        return None
    digits = re.sub(r"[^\d+]", "", printed)
    return digits if len(digits.lstrip("+")) >= _DIALLED else None


def _answered(found: Lookup, received: Received, lang: Lang) -> dict[str, Any]:
    areas = [area for area in received.snapshot.areas if area.id in found.areas]
    meaning = words.ANSWER_MEANINGS.get(found.answer)
    return {
        "error": None,
        "answer": found.answer.value,
        "word": words.ANSWERS[_said(found, received)].in_(lang),
        "meaning": meaning.in_(lang) if meaning else None,
        "streets": [street.in_(lang) for street in found.streets[:5]],
        "areas": [(area.id, area.name.in_(lang)) for area in areas[:5]],
        "notices": [notice_view(notice, received, lang) for notice in found.notices],
        "ended": [notice_view(notice, received, lang) for notice in found.ended],
        "ids": {notice.id for notice in (*found.notices, *found.ended)},
        "grave": found.answer in (Answer.AFFECTED, Answer.MAYBE),
    }


def _said(found: Lookup, received: Received) -> str:
    """That water is on, where all that reaches the place is still to come; and that it is weak, where that is
    all."""
    if found.answer is not Answer.AFFECTED:
        return found.answer.value
    if all(notice.ahead(received.now_ns) for notice in found.notices):
        return "ahead"
    now = [notice for notice in found.notices if not notice.ahead(received.now_ns)]
    if all(n.id in found.either for n in now):
        return "either"
    return "weak" if all(n.id in found.weak or n.kind == "low_pressure" for n in now) else "affected"


def blind(notices: Iterable[NoticeView]) -> bool:
    """A standing notice warns of what no instrument sees."""
    return any(n.kind in BLIND and not n.over for n in notices)


def example(areas: tuple[Area, ...], lang: Lang) -> str:
    """How an address may be given."""
    street = next((street for area in areas for street in area.streets), None)
    if street is None:
        return "人民路12号" if lang == "zh" else "12 Renmin Road"
    return f"{street.zh}12号" if lang == "zh" else f"12 {street.en}"
