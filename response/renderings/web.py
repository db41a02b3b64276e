"""The notice's page in paragraphs: the whole of it, in both languages."""

from core.model.bulletin import Bulletin
from core.model.text import Text, stacked
from response.renderings.facts import Fact, all_of, mark
from response.renderings.places import weak_beside

_LEFT_OUT = frozenset({"area", "number", "published"})
"""The page has these in its heading; where, only as far as all of it is of one matter."""


def paragraphs(b: Bulletin) -> Text:
    """What people published of it, word for word, then its facts, parted by line breaks. The estimate and
    the promise of a next update stand in lines of their own, so that they can be taken off when they are
    over."""
    marked = Text(f"{mark(b).zh}{b.description.zh}", f"{mark(b).en}{b.description.en}")
    left_out = _LEFT_OUT - {"area"} if weak_beside(b) else _LEFT_OUT
    said = [marked, *(_sentence(fact) for fact in all_of(b) if fact.name not in left_out)]
    return stacked(said)


def _sentence(fact: Fact) -> Text:
    return Text(f"{fact.label.zh}：{fact.value.zh}。", f"{fact.label.en}: {fact.value.en}.")
