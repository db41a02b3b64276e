"""The number of a report, as an agent reads it out or sends it (WO-28)."""

from api.wire import Json
from core.model.report import Report
from core.model.tracking import spoken


def tracking(report: Report, site: str) -> Json | None:
    """site: where the public pages stand. None of a report without a number."""
    if report.token is None:
        return None
    return {
        "code": spoken(report.token),
        "zh": f"{site}/zh/t/{report.token}",
        "en": f"{site}/en/t/{report.token}",
    }
