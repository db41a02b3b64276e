"""The rules of CAP 1.2 as facts-water 4.4 lists them, checked on the written document with lxml."""

import re
from datetime import datetime
from itertools import pairwise

from lxml import etree


def _names(text: str) -> list[str]:
    return text.split()


CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ALERT = _names("""identifier sender sent status msgType source scope restriction addresses code note
references incidents info""")
INFO = _names("""language category event responseType urgency severity certainty audience eventCode effective
onset expires senderName headline description instruction web contact parameter resource area""")
AREA = ["areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling"]
REPEATED = {
    "code",
    "info",
    "category",
    "responseType",
    "eventCode",
    "parameter",
    "resource",
    "area",
    "polygon",
}
REPEATED |= {"circle", "geocode"}
REQUIRED = {
    "alert": {"identifier", "sender", "sent", "status", "msgType", "scope"},
    "info": {"category", "event", "urgency", "severity", "certainty"},
    "area": {"areaDesc"},
}
ENUMS = {
    "status": "Actual Exercise System Test Draft",
    "msgType": "Alert Update Cancel Ack Error",
    "scope": "Public Restricted Private",
    "category": "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
    "responseType": "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None",
    "urgency": "Immediate Expected Future Past Unknown",
    "severity": "Extreme Severe Moderate Minor Unknown",
    "certainty": "Observed Likely Possible Unlikely Unknown",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
NAME = re.compile(r"[^\s,<&]+")
Point = tuple[float, float]


def broken(document: bytes) -> list[str]:
    """Which rules do not hold; none for a good message."""
    alert = etree.fromstring(document)
    found = [*_shape(alert, ALERT, "alert")]
    if alert.tag != f"{CAP}alert":
        return ["namespace"]
    said = {child.tag.removeprefix(CAP): (child.text or "") for child in alert}
    found += [f"time:{said['sent']}"] if not TIME.fullmatch(said["sent"]) else []
    found += [f"name:{n}" for n in ("identifier", "sender") if not NAME.fullmatch(said[n])]
    found += _references(said)
    found += ["restriction"] if (said["scope"] == "Restricted") != ("restriction" in said) else []
    found += ["addresses"] if (said["scope"] == "Private") != ("addresses" in said) else []
    for element in alert.iter():
        name = element.tag.removeprefix(CAP)
        if name in ENUMS and element.text not in ENUMS[name].split():
            found.append(f"enum:{name}={element.text}")
        if re.search(r"</?[a-zA-Z]", element.text or ""):
            found.append(f"html:{name}")
        if element.text is None:
            found.append(f"empty:{name}")
    blocks = alert.findall(f"{CAP}info")
    for block in blocks:
        found += _info(block, said["sent"])
    return found + _languages(blocks)


def _shape(element: etree._Element, order: list[str], kind: str) -> list[str]:
    names = [child.tag.removeprefix(CAP) for child in element]
    found = [f"unknown:{name}" for name in names if name not in order]
    places = [order.index(name) for name in names if name in order]
    found += [f"order:{kind}"] if places != sorted(places) else []
    found += [f"twice:{n}" for n in set(names) - REPEATED if names.count(n) > 1]
    return found + [f"missing:{name}" for name in REQUIRED[kind] - set(names)]


def _references(said: dict[str, str]) -> list[str]:
    found = []
    for reference in said.get("references", "").split():
        parts = reference.split(",")
        if len(parts) != 3 or not TIME.fullmatch(parts[2]):
            found.append(f"reference:{reference}")
        elif datetime.fromisoformat(parts[2]) > datetime.fromisoformat(said["sent"]):
            found.append("reference_newer_than_sent")
    later = said["msgType"] in ("Update", "Cancel")
    return [*found, "references_missing"] if later and not said.get("references") else found


def _info(block: etree._Element, sent: str) -> list[str]:
    found = _shape(block, INFO, "info")
    said = {child.tag.removeprefix(CAP): (child.text or "") for child in block}
    times = {n: said[n] for n in ("effective", "onset", "expires") if n in said}
    found += [f"time:{name}" for name, at in times.items() if not TIME.fullmatch(at)]
    if datetime.fromisoformat(said["expires"]) <= datetime.fromisoformat(sent):
        found.append("expires_before_sent")
    found += ["headline_too_long"] if len(said.get("headline", "")) > 160 else []
    found += ["web_not_absolute"] if not re.match(r"https?://[^/]+/", said.get("web", "")) else []
    found += ["contact_missing"] if not said.get("contact") else []
    for area in block.findall(f"{CAP}area"):
        found += _shape(area, AREA, "area")
        for polygon in area.findall(f"{CAP}polygon"):
            found += ring_faults([_point(pair) for pair in (polygon.text or "").split()])
    return found


def _point(pair: str) -> Point:
    lat, lon = map(float, pair.split(","))
    return lat, lon


def ring_faults(ring: list[Point]) -> list[str]:
    found = ["polygon_short"] if len(ring) < 4 else []
    found += ["polygon_open"] if ring[0] != ring[-1] else []
    found += (
        ["polygon_not_in_china"] if any(not (3 < lat < 54 and 73 < lon < 136) for lat, lon in ring) else []
    )
    edges = list(pairwise(ring))
    for i, (a, b) in enumerate(edges):
        for j in range(i + 2, len(edges)):
            if (i, j) != (0, len(edges) - 1) and _cross(a, b, *edges[j]):
                found.append("polygon_crosses_itself")
    return found


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def _languages(blocks: list[etree._Element]) -> list[str]:
    """Both languages, and no text the same in both."""
    by = {block.findtext(f"{CAP}language"): block for block in blocks}
    if set(by) != {"zh-CN", "en-US"}:
        return [f"languages:{sorted(map(str, by))}"]
    zh, en = by["zh-CN"], by["en-US"]
    words = ("event", "headline", "description", "instruction", "senderName")
    return [f"same_text:{n}" for n in words if zh.findtext(f"{CAP}{n}") == en.findtext(f"{CAP}{n}")]
