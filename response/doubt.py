"""What was suspected and never confirmed is told as no more than that, while it lasts and when it is over."""

from core.model.notice import Notice, NoticeKind, Site, Supply
from response.site import NOTHING, SUSPECTED

_OPEN = SUSPECTED | NOTHING


def doubted(kind: NoticeKind, supply: Supply, site: Site | None) -> bool:
    """Nobody has seen the fault on site; where a person says that water is on and off, somebody has."""
    return kind is NoticeKind.EMERGENCY_OUTAGE and supply is not Supply.INTERMITTENT and site in _OPEN


def of_notice(notice: Notice) -> bool:
    """The same; who is off behind shut valves is off, whatever was found."""
    return doubted(notice.kind, notice.supply, notice.site) and not notice.parted
