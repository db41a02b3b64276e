"""Every script is parsed, and every name that one imports of another is there: what a merge that is clean by
text may break. Chromium links a whole graph of modules before it runs any of it."""

import json

import pytest
from playwright.sync_api import Browser, Route

from api import assets

ORIGIN = "http://scripts.invalid"
LINKED = "linked"
FIRST = f"throw new Error({LINKED!r});"
"""Imported before the others: of what is linked nothing is run."""
LINKS = """async (names) => {
  const said = {};
  for (const name of names) said[name] = await import(`/link/${name}`).catch((why) => why.message);
  return said;
}"""
PARSES = "(texts) => texts.map((text) => { try { new Function(text); } catch (why) { return why.message; } })"


def scripts(under: str) -> dict[str, str]:
    """As they are sent."""
    return {
        name: asset.content.decode()
        for name, asset in assets.read().files.items()
        if name.startswith(f"{under}/") and name.endswith(".js")
    }


def linked(chromium: Browser, modules: dict[str, str]) -> dict[str, str]:
    """What is wrong, by the module from which it is seen; nothing of those that link."""

    def answer(route: Route) -> None:
        folder, _, name = route.request.url.removeprefix(f"{ORIGIN}/").partition("/")
        beside = f'import "/first/first.js"; import "/static/{name}";'
        content = {"link": beside, "first": FIRST, "static": modules.get(name)}.get(folder, "")
        if content is None:
            route.fulfill(status=404)
        else:
            kind = "text/javascript" if folder else "text/html"
            route.fulfill(body=content, content_type=f"{kind}; charset=utf-8")

    page = chromium.new_page()
    try:
        page.route("**/*", answer)
        page.goto(f"{ORIGIN}/")
        said: dict[str, str] = page.evaluate(LINKS, list(modules))
    finally:
        page.close()
    return {name: why for name, why in said.items() if why != LINKED}


def test_every_module_parses_and_imports_only_what_is_exported(chromium: Browser) -> None:
    modules = scripts("js")
    assert len(modules) > 100
    assert linked(chromium, modules) == {}


def test_every_script_that_is_no_module_parses(chromium: Browser) -> None:
    texts = scripts("worker") | scripts("vendor")
    page = chromium.new_page()
    assert page.evaluate(PARSES, list(texts.values())) == [None] * len(texts)
    page.close()


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ('import { b } from "./b.js"; {', "Unexpected end of input"),
        ('import { c } from "./b.js";', "does not provide an export named 'c'"),
        ('import { b } from "./b.js"; import { b } from "./b.js";', "already been declared"),
        ('import { b } from "./c.js";', "Failed to fetch"),
    ],
)
def test_what_a_merge_breaks_is_seen(chromium: Browser, broken: str, why: str) -> None:
    whole = {"a.js": 'import { b } from "./b.js"; b();', "b.js": "export const b = () => window.gone();"}
    assert linked(chromium, whole) == {}
    seen = linked(chromium, whole | {"a.js": broken})
    assert seen.keys() == {"a.js"} and why in seen["a.js"], json.dumps(seen)
