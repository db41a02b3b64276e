"""What an import takes away, and what refers to that: seen before a byte is written."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from core.ports.ledger import Tx
from hub.check import Configuration, read
from hub.crews_named import named
from hub.imports import accounts_named
from hub.imports.plan import Plan
from hub.problems import Problem, WrongConfiguration

SHARE = 10
"""More than a tenth of a table goes only when its number is said."""


def too_many(file: Path, plan: Plan, said: int | None) -> Iterator[Problem]:
    """said: how many rows whoever imports knows to go."""
    if plan.taken * SHARE > plan.standing and said != plan.taken:
        what = f"it takes away {plan.taken} of {plan.standing}: those that it does not have"
        yield Problem(file, 0, what, f"see that it is whole; if it is, say so: --remove {plan.taken}")


async def crews_in_use(file: Path, tx: Tx, plan: Plan, configuration: Configuration) -> list[Problem]:
    """Open orders and people of crews that go (WO-31)."""
    gone = {change.row for change in plan.changes if change.after is None}
    if not gone:
        return []
    left = configuration.plant.crews.keys() - gone
    found = [one for one in await named(tx, left) if one.crew in gone]
    return [Problem(file, 0, f"it takes {one.crew!r} away: {one.what}", one.mend) for one in found]


async def accounts_in_use(file: Path, tx: Tx, plan: Plan) -> list[Problem]:
    """Open orders, reports, promises, duties and call-backs of accounts that go."""
    gone = {change.row for change in plan.changes if change.after is None}
    mend = "end that first, or keep the account in the file until it has ended"
    lines = await accounts_named.told(tx, gone) if gone else []
    return [Problem(file, 0, f"it takes an account away that is not done with: {one}", mend) for one in lines]


def configuration_with(now: Configuration, plan: Plan) -> list[Problem]:
    """What would be wrong with the configuration: service times that name a crew that goes, and the like."""
    folder = now.folder
    if plan.written is None or plan.written.parent != folder or not plan.changes:
        return []
    with TemporaryDirectory() as made:
        trial = Path(made).resolve()
        for one in folder.iterdir():
            if one.name != plan.written.name:
                (trial / one.name).symlink_to(one)
        (trial / plan.written.name).write_text(plan.text, encoding="utf-8")
        try:
            read(trial, now.network)  # it may lie beside the folder; collectors name no crew
        except WrongConfiguration as wrong:
            return [_placed(problem, trial, folder) for problem in wrong.problems]
    return []


def _placed(problem: Problem, trial: Path, folder: Path) -> Problem:
    inside = problem.file.is_relative_to(trial)
    return replace(problem, file=folder / problem.file.relative_to(trial)) if inside else problem
