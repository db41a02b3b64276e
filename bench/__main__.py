"""`python -m bench`: every figure that the README states, one command each."""

import argparse
import ast
import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from bench.figures import Figure

_NOT_BENCHES = {"__init__", "__main__", "figures"}


def benches() -> dict[str, str]:
    """Each bench's name and the first line of its docstring, without importing it."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text())
        runs = any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in tree.body)
        if path.stem not in _NOT_BENCHES and runs:
            found[path.stem] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def measured(name: str, short: bool) -> list[Figure]:
    figures: list[Figure] = importlib.import_module(f"bench.{name}").run(short)
    return figures


def text(bench: str, figure: Figure) -> str:
    line = f"{bench:<12} {figure.name:<58} {figure.value:>14,.4g} {figure.unit:<12}"
    if figure.goal is None:
        return line.rstrip()
    bound = "at most" if figure.better == "lower" else "at least"
    return f"{line} goal {bound} {figure.goal:,.4g}  {'MISSED' if figure.missed else 'met'}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", help="a bench, or `all`; without it the list of benches")
    parser.add_argument("--short", action="store_true", help="smaller and sooner")
    parser.add_argument("--json", action="store_true", help="one JSON object a figure")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a goal is missed")
    options = parser.parse_args()
    known = benches()
    if options.name is None:
        for name, doc in known.items():
            print(f"{name:<12} {doc}")
        return 0
    if options.name != "all" and options.name not in known:
        parser.error(f"no bench is called {options.name!r}; there are: {', '.join(known)}")
    missed = False
    for name in known if options.name == "all" else [options.name]:
        if not options.json:
            print(f"{name}: {known[name]}", file=sys.stderr, flush=True)
        for figure in measured(name, options.short):
            missed |= figure.missed
            row = {"bench": name, **asdict(figure), "missed": figure.missed}
            print(json.dumps(row, ensure_ascii=False) if options.json else text(name, figure), flush=True)
    return int(missed and options.strict)


if __name__ == "__main__":
    sys.exit(main())
