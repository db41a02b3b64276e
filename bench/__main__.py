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
    """Each bench's name and the first line of its docstring, without importing it. A bench has a function
    `run(short)`, or `measure(data, test, short)` when it needs data from outside the project."""
    whole = _modules()
    return {name: doc.partition("\n")[0] for name, (doc, has) in whole.items() if has & {"run", "measure"}}


def taught(asked: list[str]) -> str:
    """What `--help` begins with: of a bench that is named, all that it says of itself."""
    docs = {name: f"`python -m bench {name}`: {doc}" for name, (doc, _) in _modules().items()}
    return next((docs[name] for one in asked if (name := one.replace("-", "_")) in docs), __doc__ or "")


def on_data() -> set[str]:
    """Benches that need --data."""
    return {name for name, (_, functions) in _modules().items() if "measure" in functions}


def of_seeds() -> set[str]:
    """Benches that can be told how many seeds to take."""
    return {name for name, (_, functions) in _modules().items() if "measure(seeds)" in functions}


def _modules() -> dict[str, tuple[str, set[str]]]:
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem not in _NOT_BENCHES:
            tree = ast.parse(path.read_text())
            functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
            names = {node.name for node in functions}
            names |= {f"{node.name}({arg.arg})" for node in functions for arg in node.args.args}
            found[path.stem] = (ast.get_docstring(tree) or "", names)
    return found


def measured(
    name: str, short: bool, data: Path | None = None, test: Path | None = None, seeds: int | None = None
) -> list[Figure]:
    bench = importlib.import_module(f"bench.{name}")
    some = {} if seeds is None else {"seeds": seeds}
    figures: list[Figure] = bench.run(short) if data is None else bench.measure(data, test, short, **some)
    return figures


def text(bench: str, figure: Figure) -> str:
    line = f"{bench:<12} {figure.name:<58} {figure.value:>14,.4g} {figure.unit:<12}"
    if figure.goal is None:
        return line.rstrip()
    bound = "at most" if figure.better == "lower" else "at least"
    return f"{line} goal {bound} {figure.goal:,.4g}  {'MISSED' if figure.missed else 'met'}"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=taught(sys.argv[1:]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = "a bench, with - or _ in its name, or `all`; without it the list of benches"
    parser.add_argument("name", nargs="?", type=lambda name: name.replace("-", "_"), help=what)
    parser.add_argument("--short", action="store_true", help="smaller and sooner")
    parser.add_argument("--json", action="store_true", help="one JSON object a figure")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a goal is missed")
    parser.add_argument(
        "--data", type=Path, help="the folder of the public data sets (docs/reference/benches.md)"
    )
    parser.add_argument(
        "--test", type=Path, help="a file never seen, of the bench's format, in place of the public one"
    )
    parser.add_argument("--seeds", type=int, help="only so many of a bench's seeds")
    options = parser.parse_args()
    known, asking = benches(), on_data()
    if options.name is None:
        for name, doc in known.items():
            print(f"{name:<12} {doc}")
        return 0
    if options.name != "all" and options.name not in known:
        parser.error(f"no bench is called {options.name!r}; there are: {', '.join(known)}")
    if options.data is None and options.name in asking:
        parser.error(f"{options.name} needs --data DIR, the folder of the public data sets")
    if options.test is not None and options.name not in asking:
        parser.error("--test goes with one bench that needs --data")
    if options.seeds is not None and options.name not in of_seeds():
        parser.error(f"--seeds goes with {', '.join(sorted(of_seeds()))}")
    names = [options.name]
    if options.name == "all":
        names = [name for name in known if name not in asking or options.data is not None]
        if left_out := sorted(set(known) - set(names)):
            print(f"left out, since they need --data DIR: {', '.join(left_out)}", file=sys.stderr, flush=True)
    missed = False
    for name in names:
        if not options.json:
            print(f"{name}: {known[name]}", file=sys.stderr, flush=True)
        data = options.data if name in asking else None
        for figure in measured(name, options.short, data, options.test, options.seeds):
            missed |= figure.missed
            row = {"bench": name, **asdict(figure), "missed": figure.missed}
            print(json.dumps(row, ensure_ascii=False) if options.json else text(name, figure), flush=True)
    return int(missed and options.strict)


if __name__ == "__main__":
    sys.exit(main())
