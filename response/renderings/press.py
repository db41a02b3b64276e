"""Plain text for newspapers, radio and the property manager's group: every street with its numbers, as on the
page."""

from core.model.bulletin import Bulletin
from core.model.text import Text
from response.renderings import unproven
from response.renderings.facts import all_of
from response.renderings.headline import headline

_NOT_ALOUD = frozenset({"connections", "points", "approval", "report", "published"})


def press(b: Bulletin) -> Text:
    """Headline, who says it, the facts, what to do, and where the rest is."""
    if b.ending is not None:
        return unproven.words(b, b.ending)
    told = [fact for fact in all_of(b) if fact.name not in _NOT_ALOUD]
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
