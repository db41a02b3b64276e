"""What an incident is called: a burst is suspected until a crew has found it."""

from core.model.incident import Incident, IncidentKind
from core.model.notice import Site
from core.model.text import Text
from response.site import FOUND, REPAIRED

_SUSPECTED, _FOUND = Text("疑似爆管", "Suspected burst"), Text("爆管", "Burst")


def known_title(incident: Incident, site: Site) -> Text:
    """site: how far the work of its orders has come. A title of other words stays."""
    if incident.kind is not IncidentKind.BURST or site not in FOUND | REPAIRED:
        return incident.title
    return Text(
        incident.title.zh.replace(_SUSPECTED.zh, _FOUND.zh),
        incident.title.en.replace(_SUSPECTED.en, _FOUND.en),
    )
