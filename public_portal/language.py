"""Which of the two languages a reader gets: what the address says, else what the browser asks for."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException

from core.model.text import Lang

LANGUAGES: Mapping[str, Lang] = {"zh": "zh", "en": "en"}


def in_path(lang: str) -> Lang:
    """Of an address that begins with it. Raises HTTPException 404 for any other beginning."""
    if lang not in LANGUAGES:
        raise HTTPException(404)
    return LANGUAGES[lang]


def chosen(asked: str | None, accept_language: str | None) -> Lang:
    """`?lang=` first; then Accept-Language (RFC 9110, 12.5.4); Chinese when neither decides."""
    if asked in ("zh", "en"):
        return "en" if asked == "en" else "zh"
    weights = {"zh": 0.0, "en": 0.0}
    for part in (accept_language or "").split(",")[:20]:
        tag, _, parameters = part.partition(";")
        primary = tag.strip().split("-")[0].lower()
        if primary in weights:
            weights[primary] = max(weights[primary], _weight(parameters))
    return "en" if weights["en"] > weights["zh"] else "zh"


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
