"""The wall's chlorine is what is left of the disinfectant that a zone's water has (WQ-08)."""

from collections.abc import Callable

from tests.screens.conftest import Town, Watched

TELL = """async () => {
    const base = JSON.parse(document.getElementById('page').textContent).static;
    const { facts } = await import(`${base}js/wall/zones.js`);
    const { leastResidual } = await import(`${base}js/core/zones.js`);
    const rest = { name: { zh: '', en: '' }, inflow: [], outflow: [] };
    const zone = (id, disinfectant) => ({ id, disinfectant, ...rest });
    const zones = [zone('east', 'chloramine'), zone('west', 'free_chlorine')];
    const values = { 'east.free': 0.01, 'east.total': 0.6, 'west.free': 0.4, 'west.total': 0.02 };
    const tags = Object.keys(values).map((id) => {
        const [zone, of] = id.split('.');
        return { id, zone, quantity: `${of}_chlorine` };
    });
    const now = (tag) => values[tag.id];
    const none = { zones: new Map(), muted: new Map() };
    const least = leastResidual(tags, now, (id) => zones.find((zone) => zone.id === id));
    const rows = facts(zones, new Map(tags.map((tag) => [tag.id, tag])), none, now);
    return { rows: rows.map((row) => row.chlorine), least: least.tag.id };
}"""


def test_a_zone_with_chloramine_shows_its_total_chlorine(town: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall")
    assert watched.page.evaluate(TELL) == {"rows": [0.6, 0.4], "least": "west.free"}


def test_the_drawing_tells_each_zone_s_disinfectant(town: Town, visit: Callable[..., Watched]) -> None:
    watched = visit(town, "kiosk", 1920, 1080)
    watched.open("/wall")
    zones = watched.page.evaluate("async () => (await (await fetch('/api/v1/network')).json()).zones")
    assert {zone["disinfectant"] for zone in zones} == {"free_chlorine"}
