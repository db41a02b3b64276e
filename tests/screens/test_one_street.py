"""Wall, event page and map name the place where a search begins, as the order does."""

from collections.abc import Callable

from tests.screens.conftest import Town, Watched

INCIDENT = "INC-20261123-00001"
NAMED = """async id => {
    const base = JSON.parse(document.getElementById('page').textContent).static;
    const [{ drawIncidents }, { spotOf }] = await Promise.all(
        ['wall/incidents', 'map/spots'].map(name => import(`${base}js/${name}.js`)));
    const incident = await (await fetch(`/api/v1/incidents/${id}`)).json();
    const candidates = [['p1', 0.3, 'Likeliest', 1], ['p2', 0.2, 'Begun', 2], ['p3', 0.2, 'Third', 3]].map(
        ([link, share, street, x]) => ({ link, share, street, x, y: 0 }));
    return ['p2', null].map(begin => {
        const told = { ...incident, location: { ...incident.location, candidates, begin } };
        drawIncidents([{ incident: told, priority: 1 }], String, 1);
        const head = document.getElementById('incidents').innerText;
        return [/Likeliest|Begun|Third/.exec(head)?.[0], spotOf(null, told).x];
    });
}"""
ANSWERED = """async id => {
    const base = JSON.parse(document.getElementById('page').textContent).static;
    const { drawAnswers } = await import(`${base}js/wall_event/answers.js`);
    const incident = await (await fetch(`/api/v1/incidents/${id}`)).json();
    const candidates = [['p1', 'Likeliest'], ['p2', 'Begun']].map(([link, street]) => ({ link, street }));
    return ['p2', null].map(begin => {
        drawAnswers({ ...incident, location: { ...incident.location, candidates, begin } }, String, String);
        return /Likeliest|Begun/.exec(document.getElementById('answer-where').innerText)?.[0];
    });
}"""


def test_every_screen_names_where_a_search_begins(town: Town, visit: Callable[..., Watched]) -> None:
    """A record without one is of before it was kept: the likeliest pipe is its place."""
    town.do("burst")
    shown = visit(town, "kiosk", 1920, 1080)
    shown.open("/wall?lang=en")
    assert shown.page.evaluate(NAMED, INCIDENT) == [["Begun", 2], ["Likeliest", 1]]
    shown.open(f"/wall/event/{INCIDENT}?lang=en")
    assert shown.page.evaluate(ANSWERED, INCIDENT) == ["Begun", "Likeliest"]
