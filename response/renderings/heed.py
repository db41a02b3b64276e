"""What the shortest texts must say beside the matter, for people do otherwise by habit: that boiling does not
help where water must not be drunk, and how to use it again when advice about health is lifted."""

from core.model.bulletin import Bulletin, Change
from core.model.notice import HEALTH_KINDS, NoticeKind
from core.model.text import Text

_NOT_BOILED = Text("煮沸也不能去除", "Boiling does not make it safe")
_NOT_BOILED_BRIEF = Text("煮沸也不能去除", "Not even boiled")
_AGAIN = Text("请将各龙头放水5分钟，倒掉存水", "Run every tap for five minutes and throw away stored water")
NOT_BOILED_MATTER = Text("请勿饮用自来水，煮沸也不能去除", "Unsafe, even boiled")
"""In at most 20 characters, what a gateway's variable holds: nobody may read that boiling is forbidden."""
_AGAIN_MATTER = Text("解除，请放水倒存水", "Flush, empty storage")
"""The same of how to use it again; in Chinese after the name of what is over."""


def not_boiled(b: Bulletin) -> bool:
    """What is in the water stays there when it boils."""
    return b.kind is NoticeKind.DO_NOT_DRINK and not b.over


def safe_again(b: Bulletin) -> bool:
    """What stands in pipes, filters and jugs is from before."""
    return b.kind in HEALTH_KINDS and b.change is Change.RESTORED


def again_matter(named: Text) -> Text:
    """named: what is over."""
    return Text(f"{named.zh}{_AGAIN_MATTER.zh}", _AGAIN_MATTER.en)


def less(b: Bulletin) -> Text | None:
    """What is left of it in a message that has no room: of an order never nothing."""
    return _NOT_BOILED_BRIEF if not_boiled(b) else None


def heed(b: Bulletin) -> Text | None:
    """A sentence without its stop."""
    if not_boiled(b):
        return _NOT_BOILED
    return _AGAIN if safe_again(b) else None
