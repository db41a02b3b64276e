"""The notice's page in paragraphs: the whole of it, in both languages."""

from core.model.bulletin import Bulletin, Change
from core.model.notice import LAB_KINDS
from core.model.shanghai import moment
from core.model.text import Text
from response.renderings.facts import Fact, all_of, mark

_LEFT_OUT = frozenset({"area", "number", "published"})
"""The page has these in its heading."""


def paragraphs(b: Bulletin) -> Text:
    """Parted by line breaks. The estimate and the promise of a next update stand in lines of their own, so
    that they can be taken off when they are over."""
    lead = b.description if b.change is not Change.RESTORED else _restored(b)
    marked = Text(f"{mark(b).zh}{lead.zh}", f"{mark(b).en}{lead.en}")
    said = [marked, *(_sentence(b, fact) for fact in all_of(b) if fact.name not in _LEFT_OUT)]
    return Text("\n".join(t.zh for t in said), "\n".join(t.en for t in said))


def _restored(b: Bulletin) -> Text:
    back = moment(b.restored_ns or b.sent_ns)
    if b.kind in LAB_KINDS:
        return Text(f"本公告已于{back.zh}解除。", f"This notice was lifted {back.en}.")
    return Text(f"{b.area.zh}已于{back.zh}恢复供水。", f"Water was restored in {b.area.en} {back.en}.")


def _sentence(b: Bulletin, fact: Fact) -> Text:
    return Text(f"{fact.label.zh}：{fact.value.zh}。", f"{fact.label.en}: {fact.value.en}.")
