"""What of a notice's text still stands: a promise that is over is not repeated."""

from core.model.shanghai import moment, span
from core.model.snapshot import PublicNotice
from core.model.text import Lang


def standing_lines(notice: PublicNotice, now_ns: int, lang: Lang) -> list[str]:
    """The paragraphs, but for those with an estimate, or the time of a next update, that has passed or
    that restoration has overtaken."""
    restored = any(stage == "restored" for stage, _ in notice.progress)
    earliest, latest, next_ns = notice.eta_earliest_ns, notice.eta_latest_ns, notice.next_update_ns
    over: list[str] = []
    if earliest is not None and latest is not None and (restored or latest <= now_ns):
        over.append(span(earliest, latest).in_(lang))
    if next_ns is not None and (restored or next_ns < now_ns):
        over.append(moment(next_ns).in_(lang))
    return [line for line in notice.body.in_(lang).split("\n") if not any(words in line for words in over)]
