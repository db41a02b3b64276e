"""CAP 1.2 (OASIS, `urn:oasis:names:tc:emergency:cap:1.2`): one alert a version, an info block a language.

Elements stand in the order of the standard's schema. What passes by itself does not change a message that
was sent: a version's alert is the same for ever.
"""

from collections.abc import Iterable
from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement

from core.model.bulletin import Bulletin, Change, Status, Supply
from core.model.text import Lang
from response.renderings.cap_meaning import meaning, supply_state
from response.renderings.facts import institutions, streets, what
from response.renderings.headline import headline
from response.renderings.places import where
from response.renderings.statement import iso
from response.renderings.xml_text import add, document

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA = "application/cap+xml"
_STATUS = {Status.ACTUAL: "Actual", Status.EXERCISE: "Exercise", Status.TEST: "Test"}
_TYPE = {
    Change.FIRST: "Alert",
    Change.UPDATE: "Update",
    Change.RESTORED: "Update",
    Change.CANCELLED: "Cancel",
}
_SUPPLY = {Supply.NONE.value: "no_water", Supply.LOW.value: "low_pressure"}
_LANGUAGES: tuple[tuple[Lang, str], ...] = (("zh", "zh-CN"), ("en", "en-US"))


def cap(b: Bulletin) -> bytes:
    """The document, UTF-8."""
    b = replace(b, overdue=False)
    alert = Element("alert", xmlns=NAMESPACE)
    add(alert, "identifier", b.identifier)
    add(alert, "sender", b.sender)
    add(alert, "sent", iso(b.sent_ns))
    add(alert, "status", _STATUS[b.status])
    add(alert, "msgType", _TYPE[b.change])
    add(alert, "scope", "Public")
    add(alert, "note", _note(b))
    add(alert, "references", " ".join(f"{b.sender},{r.identifier},{iso(r.sent_ns)}" for r in b.references))
    add(alert, "incidents", b.incident)
    for lang, code in _LANGUAGES:
        _info(alert, b, lang, code)
    return document(alert)


def _note(b: Bulletin) -> str | None:
    """An exercise says that it is one, a cancellation what it takes back (3.2.1)."""
    if b.status is not Status.ACTUAL:
        return "演练或测试，并非真实停水 / an exercise or test: no supply is affected"
    if b.change is Change.CANCELLED:
        return f"{b.description.zh} / {b.description.en}"
    return None


def _info(alert: Element, b: Bulletin, lang: Lang, code: str) -> None:
    info, means = SubElement(alert, "info"), meaning(b)
    add(info, "language", code)
    for category in means.categories:
        add(info, "category", category)
    add(info, "event", what(b).in_(lang))
    for response in means.responses:
        add(info, "responseType", response)
    add(info, "urgency", means.urgency)
    add(info, "severity", means.severity)
    add(info, "certainty", means.certainty)
    add(info, "onset", iso(b.starts_ns))
    add(info, "expires", iso(b.expires_ns))
    add(info, "senderName", b.utility.in_(lang))
    add(info, "headline", headline(b).in_(lang))
    add(info, "description", b.description.in_(lang))
    add(info, "instruction", b.instruction.in_(lang))
    add(info, "web", b.url if lang == "zh" else f"{b.url}?lang=en")
    add(info, "contact", b.hotline)
    for name, value in parameters(b):
        parameter = SubElement(info, "parameter")
        add(parameter, "valueName", f"waterhub:{name}")
        add(parameter, "value", value)
    _area(info, b, lang)


def parameters(b: Bulletin) -> Iterable[tuple[str, str]]:
    """What CAP has no element for."""
    yield "noticeNumber", b.number
    yield "noticeVersion", str(b.version)
    yield "supplyState", _SUPPLY.get(supply_state(b), supply_state(b))
    if b.estimate is not None and not b.over:
        yield "etaEarliest", iso(b.estimate.earliest_ns)
        yield "etaLikely", iso(b.estimate.likely_ns)
        yield "etaLatest", iso(b.estimate.latest_ns)
    if b.restored_ns is not None:
        yield "restoredConfirmed" if b.confirmed else "restored", iso(b.restored_ns)
    if b.connections is not None and b.change is not Change.CANCELLED:
        yield "customersAffected", str(b.connections)
    if b.weak is not None and not b.over:
        yield "customersLowPressure", str(b.weak)
    if b.next_update_ns is not None and not b.over:
        yield "nextUpdate", iso(b.next_update_ns)
    if b.water_points and not b.over:
        yield "supplyPointsUrl", f"{b.url}#points"
    yield "affectedLookupUrl", f"{b.url.rsplit('/', 2)[0]}/api/v1/affected"
    yield "signatureUrl", f"{b.url}/v{b.version}.jws"


def _area(info: Element, b: Bulletin, lang: Lang) -> None:
    area = SubElement(info, "area")
    joined = ("：" if lang == "zh" else ": ") + streets(b).in_(lang) if b.streets else ""
    if b.institutions:
        joined += ("；" if lang == "zh" else "; ") + institutions(b).in_(lang)
    add(area, "areaDesc", where(b).in_(lang) + joined)
    if b.ring:
        add(area, "polygon", " ".join(f"{p.lat:.6f},{p.lon:.6f}" for p in b.ring))
    if b.adcode:
        geocode = SubElement(area, "geocode")
        add(geocode, "valueName", "CN-ADCODE")
        add(geocode, "value", b.adcode)
