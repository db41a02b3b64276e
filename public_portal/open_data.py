"""Which files of the published record there are: for people, and as a schema.org Dataset for programs."""

import json
from dataclasses import dataclass

from markupsafe import Markup

from core.model.snapshot import CC_BY
from core.model.text import Lang
from public_portal import words
from public_portal.parts import record_parts
from public_portal.phrases import phrases
from public_portal.received import Received


@dataclass(frozen=True, slots=True)
class MonthView:
    month: str
    running: bool
    record: str
    corrections: str


@dataclass(frozen=True, slots=True)
class OpenDataView:
    """months: the newest first. described: JSON-LD, None of nothing."""

    months: list[MonthView]
    licence: str
    licence_word: str
    described: Markup | None


def open_data_view(received: Received, lang: Lang) -> OpenDataView:
    names, snapshot = list(record_parts(received)), received.snapshot
    months = [
        MonthView(name, name == names[-1], f"/data/record-{name}.csv", f"/data/corrections-{name}.csv")
        for name in reversed(names)
    ]
    word = phrases(lang)["licence_cc_by"] if snapshot.licence == CC_BY else snapshot.licence
    described = _described(received, names, months, lang) if months else None
    return OpenDataView(months, snapshot.licence, word, described)


def _described(received: Received, names: list[str], months: list[MonthView], lang: Lang) -> Markup:
    t, snapshot = phrases(lang), received.snapshot
    measured = {one.parameter: one.unit for area in snapshot.areas for one in area.readings}
    made = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": t["data_name"].format(utility=snapshot.utility.in_(lang)),
        "description": t["history_lead"],
        "url": f"{snapshot.site}/data",
        "inLanguage": "zh-CN" if lang == "zh" else "en",
        "license": snapshot.licence,
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": snapshot.utility.in_(lang)},
        "temporalCoverage": f"{names[0]}/{names[-1]}",
        "variableMeasured": [_variable(name, unit, lang) for name, unit in measured.items()],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": f"{t[name]} {one.month}",
                "encodingFormat": "text/csv",
                "contentUrl": snapshot.site + path,
            }
            for one in months
            for name, path in (("history", one.record), ("corrections", one.corrections))
        ],
    }
    # inside a script element nothing but `<` could end it (HTML, 13.1.2.3)
    return Markup(json.dumps(made, ensure_ascii=False).replace("<", "\\u003c"))


def _variable(parameter: str, unit: str, lang: Lang) -> dict[str, str]:
    name = words.PARAMETERS[parameter].in_(lang) if parameter in words.PARAMETERS else parameter
    made = {"@type": "PropertyValue", "name": name}
    return made if parameter == "ph" else made | {"unitText": unit}
