"""What stands where on a poster: type as large as it can be on one page, smaller down to a floor, and only
then a second page. Advice and times are never cut; a list may be, at the end of the second page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from response.renderings.poster_lines import whole_items

MAIN, LABEL = 24.0, 13.0
COLUMN = 112.0
"""Width of the labels where they stand beside what is said, pt."""
MOST_PAGES = 2
LINE_STEP, LABEL_STEP, GAP = 1.25, 1.5, 5.0
SHORTEST_LIST = 2
"""Lines that are left of a list at least."""

Wrap = Callable[["Block", float], list[str]]
"""What stands under a label, in lines at a size in pt."""
Fits = Callable[[str, str, float], bool]
"""Whether a label fits its column, and what is said of it (at a size in pt) the rest of the line."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """advice, rest: pt of what to do, and of all but the times. beside: short facts beside their labels."""

    advice: float
    rest: float
    beside: bool = True


SIZES = (Sizes(24, 24, False), Sizes(24, 24), Sizes(24, 20), Sizes(22, 18), Sizes(20, 16), Sizes(18, 14))
"""From the largest to the floor; matter, times and hotline keep MAIN."""


@dataclass(frozen=True, slots=True)
class Block:
    """A label and what stands under it. again: the label where it goes on overleaf. large: kept at MAIN;
    advice: never cut, and never parted by a page's end where it can be whole on the first. of: how many there
    are in all, said where a list is cut."""

    label: str
    again: str
    words: str
    large: bool = False
    advice: bool = False
    list: bool = False
    of: str = ""

    def size(self, sizes: Sizes) -> float:
        return MAIN if self.large else sizes.advice if self.advice else sizes.rest


@dataclass(frozen=True, slots=True)
class Line:
    """step: pt from the line before it. label: stands beside it."""

    text: str
    size: float
    step: float
    quiet: bool = False
    label: str = ""


Page = list[Line]


def planned(blocks: Sequence[Block], wrap: Wrap, fits: Fits, first: float, later: float) -> list[Page]:
    """first, later: pt of height that the first page and each further one has for it."""
    for most in range(1, MOST_PAGES + 1):
        for sizes in SIZES:
            lines = [wrap(b, b.size(sizes)) for b in blocks]
            pages = _laid(blocks, lines, sizes, fits, first, later)
            if len(pages) <= most and _whole(blocks, pages, wrap, sizes):
                return pages
    return _cut(blocks, wrap, fits, first, later)


def _whole(blocks: Sequence[Block], pages: list[Page], wrap: Wrap, sizes: Sizes) -> bool:
    """The advice stands on the first page to its end."""
    shown = [line.text for line in pages[0]]
    return all(set(wrap(b, b.size(sizes))) <= set(shown) for b in blocks if b.advice)


def _cut(blocks: Sequence[Block], wrap: Wrap, fits: Fits, first: float, later: float) -> list[Page]:
    """At the floor, the longest list made shorter until two pages hold it; more pages where that is not
    enough."""
    sizes = SIZES[-1]
    lines = [wrap(b, b.size(sizes)) for b in blocks]
    ends = [wrap(replace(b, words=b.of, list=False), b.size(sizes)) for b in blocks]
    while len(pages := _laid(blocks, lines, sizes, fits, first, later)) > MOST_PAGES:
        lists = [n for n, b in enumerate(blocks) if b.list and len(lines[n]) > SHORTEST_LIST + len(ends[n])]
        if not lists:
            return pages
        longest = max(lists, key=lambda n: len(lines[n]))
        held = [line for line in lines[longest] if line not in ends[longest]]
        lines[longest] = [*whole_items(held[: max(len(held) * 9 // 10, SHORTEST_LIST)]), *ends[longest]]
    return pages


def _laid(
    blocks: Sequence[Block],
    lines: list[list[str]],
    sizes: Sizes,
    fits: Fits,
    first: float,
    later: float,
) -> list[Page]:
    """Block after block; a label never stands without a line under it."""
    pages: list[Page] = [[]]
    left = first
    for block, own in zip(blocks, lines, strict=True):
        size, label = block.size(sizes), block.label
        step = size * LINE_STEP
        beside = sizes.beside and len(own) == 1 and fits(label, own[0], size)
        for n, text in enumerate(own):
            head = LABEL * LABEL_STEP if n == 0 and not beside else 0.0
            if left < head + step:
                pages.append([])
                left, label = later, block.label if n == 0 else block.again
                head = 0.0 if beside else LABEL * LABEL_STEP
            if head:
                pages[-1].append(Line(label, LABEL, head, quiet=True))
            pages[-1].append(Line(text, size, step, label=label if beside else ""))
            left -= head + step
        left -= GAP
        if pages[-1]:
            pages[-1].append(Line("", size, GAP))
    return pages
