"""derived.yaml against the plant: every mistake with its line."""

from collectors.intake.spec import DerivedFile, DerivedSpec, Formula, WrongDerived, formula, in_order
from hub.plant_files import PlantFiles
from hub.problems import Problem, nearest
from hub.yaml_lines import Document

UNITS_MEND = "docs/reference/configuration.md has the language; units are those of tags.csv"


def derived_formulas(
    lines: Document, file: DerivedFile, files: PlantFiles, read_tags: set[str], problems: list[Problem]
) -> tuple[Formula, ...]:
    """Each after those it needs; none when anything is wrong, which is then in `problems`. read_tags: what
    a collector reads, and nobody may compute as well."""
    before = len(problems)
    seen: set[str] = set()
    for n, spec in enumerate(file.derived):
        _check_tags(n, spec, lines, files, problems)
        line = lines.line(("derived", n, "tag"))
        if spec.tag in read_tags:
            what = f"tag {spec.tag!r} is read by a collector"
            problems.append(Problem(lines.file, line, what, "give the derived tag an id of its own"))
        elif spec.tag in seen:
            what = f"tag {spec.tag!r} is derived twice"
            problems.append(Problem(lines.file, line, what, "keep one of them"))
        seen.add(spec.tag)
    if len(problems) > before:
        return ()
    made: list[Formula] = []
    try:
        made = [formula(n, file.derived[n], files.plant.tags) for n in in_order(file.derived)]
    except WrongDerived as wrong:
        n, field = wrong.at
        line = lines.line(("derived", n, field))
        problems.append(Problem(lines.file, line, f"{file.derived[n].tag}: {wrong}", UNITS_MEND))
    return tuple(made) if len(problems) == before else ()


def _check_tags(
    n: int, spec: DerivedSpec, lines: Document, files: PlantFiles, problems: list[Problem]
) -> None:
    named: list[tuple[tuple[str | int, ...], str]] = [(("derived", n, "tag"), spec.tag)]
    for name, of in spec.inputs.items():
        path: tuple[str | int, ...] = ("derived", n, "inputs", name)
        named += [(path, of)] if isinstance(of, str) else [((*path, i), id) for i, id in enumerate(of)]
    for place, id in named:
        if id not in files.plant.tags and id not in files.tag_ids:
            what = f"tag {id!r} does not exist in tags.csv"
            problems.append(Problem(lines.file, lines.line(place), what, nearest(id, files.tag_ids)))
        elif id not in files.plant.tags:
            what = f"tag {id!r} has a mistake in tags.csv"
            problems.append(Problem(lines.file, lines.line(place), what, "correct it there"))
