"""Plain text for newspapers, radio and the property manager's group: read aloud within a minute."""

from core.model.bulletin import Bulletin
from core.model.text import Text, listed
from response.renderings import unproven
from response.renderings.facts import Fact, all_of, each_street
from response.renderings.headline import headline

_NOT_ALOUD = frozenset({"connections", "points", "approval", "report", "published"})
NAMED_STREETS = 6
"""Named in the text; the page has all."""


def press(b: Bulletin) -> Text:
    """Headline, who says it, the facts, what to do, and where the rest is."""
    if b.ending is not None:
        return unproven.words(b, b.ending)
    facts = [_few_streets(b, fact) if fact.name == "streets" else fact for fact in all_of(b)]
    told = [fact for fact in facts if fact.name not in _NOT_ALOUD]
    zh = [
        headline(b).zh,
        f"{b.utility.zh}通报：{b.description.zh}",
        *(f"{fact.label.zh}：{fact.value.zh}。" for fact in told),
        b.instruction.zh,
        f"以网页为准：{b.url}",
    ]
    en = [
        headline(b).en,
        f"{b.utility.en} reports: {b.description.en}",
        *(f"{fact.label.en}: {fact.value.en}." for fact in told),
        b.instruction.en,
        f"The page is authoritative: {b.url}",
    ]
    return Text("\n".join(zh), "\n".join(en))


def _few_streets(b: Bulletin, fact: Fact) -> Fact:
    each = each_street(b)
    left = len(each) - NAMED_STREETS
    if left <= 0:
        return fact
    said = listed(each[:NAMED_STREETS])
    few = Text(f"{said.zh}等{len(each)}条道路", f"{said.en} and {left} more")
    return Fact(fact.name, fact.label, few)
