"""On a screen of every width the wall's text is whole, and none lies on another."""

from collections.abc import Callable

from tests.screens.conftest import Town, Watched

SCREENS = ((3840, 2160), (2560, 1080), (1920, 1080), (1440, 900), (1366, 768), (1280, 1024), (1024, 768))
"""The largest first: a page that waits is small, and costs little."""
OPEN = (
    {"minor": "#incidents.none"},
    {"burst": ".chain:has(li:nth-child(2) .step)", "assign": ".incident .who"},
    {"lows 7": ".incident:nth-child(6)", "returns dma-01.p1:pressure-low": "#aside:not(:empty)"},
)
"""No incident, one that a crew is on, and eight; after which orders, and how what they do is seen."""
WRONG = """async () => {
    for (let n = 0; n < 2; n += 1) await new Promise(requestAnimationFrame);
    const seen = (node) => node.checkVisibility() && !node.closest('.visually-hidden, noscript, script, svg');
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
    while (walk.nextNode()) {
        const text = walk.currentNode, range = document.createRange();
        if (!text.data.trim() || !seen(text.parentElement)) continue;
        range.selectNodeContents(text);
        for (const { left, right, top, bottom } of range.getClientRects()) {
            const middle = (top + bottom) / 2, half = (bottom - top) * 0.3;
            texts.push({ text, left, right, top: middle - half, bottom: middle + half });
        }
    }
    const within = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1
        && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
    const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
    const cut = texts.filter((one) => {
        for (let node = one.text.parentElement; node; node = node.parentElement) {
            const clips = getComputedStyle(node).overflow !== 'visible' || node === document.body;
            if (clips && !within(one, node.getBoundingClientRect())) return true;
        }
        return !within(one, screen);
    });
    const lie = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    const pairs = (all) => all.flatMap((a, n) =>
        all.slice(n + 1).filter((b) => lie(a, b)).map((b) => [a, b]));
    const parts = '.top > *, .banners > *, .map, .incidents, .more-incidents, .zones, .works, .kpi';
    const blocks = [...document.querySelectorAll(parts)].filter(seen)
        .map((node) => ({ name: node.id || node.className, ...node.getBoundingClientRect().toJSON() }))
        .filter(({ width, height }) => width && height);
    return [
        ...cut.map((one) => `cut: ${one.text.data}`),
        ...pairs(texts).filter(([a, b]) => a.text !== b.text)
            .map(([a, b]) => `${a.text.data} lies on ${b.text.data}`),
        ...pairs(blocks).map(([a, b]) => `${a.name} lies on ${b.name}`),
        ...blocks.filter((box) => !within(box, screen)).map(({ name }) => `runs off: ${name}`),
    ];
}"""
"""What is cut, runs off, or lies on another; of text the middle of a line, for tails of letters may touch."""


def test_on_a_screen_of_every_width_no_text_is_cut_and_none_lies_on_another(
    town: Town, visit: Callable[..., Watched]
) -> None:
    walls = {lang: visit(town, "kiosk", 1024, 768) for lang in ("zh", "en")}
    for lang, watched in walls.items():
        watched.open(f"/wall?lang={lang}")
    wrong = []
    for n, orders in enumerate(OPEN):
        for order, shown in orders.items():
            town.do(order)
            for watched in walls.values():
                watched.page.wait_for_selector(shown, state="attached")
        for lang, watched in walls.items():
            for width, height in SCREENS:
                watched.page.set_viewport_size({"width": width, "height": height})
                wrong += [(n, lang, width, what) for what in watched.page.evaluate(WRONG)]
    assert wrong == []
    assert [watched.wrong for watched in walls.values()] == [[], []]
