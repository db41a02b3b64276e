"""delivery.yaml against itself: every mistake with its line. Without it no customer is told."""

from collections.abc import Iterator
from pathlib import Path

from core.model.bulletin import Ending
from core.model.notice import Change, NoticeKind
from hub.destinations import unreachable
from hub.documents import read_document
from hub.problems import Problem
from hub.yaml_lines import Document, load
from response.delivery.providers import SmsVia, WechatVia
from response.delivery.spec import WHEN_IN_TWO, CustomerChannel, DeliveryFile, Template
from response.escalation.spec import WebhookChannel
from response.renderings.sms import RANGE_EN

NAME = "delivery.yaml"
ENDINGS = (NoticeKind.EMERGENCY_OUTAGE, NoticeKind.PLANNED_OUTAGE)
"""The kinds that may end for somebody without water having been off, or known to be back."""


def read_delivery(file: Path, problems: list[Problem]) -> DeliveryFile | None:
    """None without the file, or when what is wrong leaves nothing to go on with."""
    if not file.exists():
        return None
    lines, found = read_document(file, DeliveryFile, problems)
    for n, channel in enumerate(found.channels if lines and found else ()):
        assert lines is not None, "who has channels has lines"
        problems += _uncovered(lines, n, channel)
        problems += _unreachable(lines, n, channel)
    return found


def _unreachable(lines: Document, n: int, channel: CustomerChannel) -> list[Problem]:
    via = channel.via
    if isinstance(via, WechatVia):
        key, url = "base", via.base
    elif isinstance(via, SmsVia | WebhookChannel):
        key, url = "url", via.url
    else:
        return []
    line = lines.line(("channels", n, "via", key))
    return unreachable(lines.file, line, url, internal=via.internal)


def _uncovered(lines: Document, n: int, channel: CustomerChannel) -> list[Problem]:
    """A kind of notice without a template would reach nobody on this channel."""
    if not channel.templates:
        return []
    missing = [
        f"{kind} {change}"
        for kind in NoticeKind
        for change in (*Change, *(Ending if kind in ENDINGS else ()))
        if not any(one.lang in (None, "zh") and one.is_for(kind, change, "zh") for one in channel.templates)
    ]
    if not missing:
        return []
    told = ", ".join(missing[:4]) + (f" and {len(missing) - 4} more" if len(missing) > 4 else "")
    what = f"channel {channel.id!r} has no template for {told}"
    mend = "add one, or leave `kinds` and `changes` out of a template that is for all"
    return [Problem(lines.file, lines.line(("channels", n, "templates")), what, mend)]


def promising(folder: Path, delivery: DeliveryFile) -> list[Problem]:
    """English templates whose one variable has no room for an estimate, which is a range: they tell its end
    alone. Nothing stops a hub that has them."""
    return list(_promising(load(folder / NAME), delivery))


def _promising(lines: Document, delivery: DeliveryFile) -> Iterator[Problem]:
    for n, channel in enumerate(delivery.channels):
        for k, one in enumerate(channel.templates):
            if (name := _narrow(one)) is None:
                continue
            place = ("channels", n, "templates", k, "variables", name)
            what = (
                f"template {one.id!r} of channel {channel.id!r} says when in one variable of {one.longest} "
                "characters: of an estimate, which is a range, its end alone is told in English"
            )
            mend = (
                f"fill two variables, side by side, with {' and '.join(WHEN_IN_TWO)}; or register it with "
                f"`longest: {RANGE_EN}`"
            )
            yield Problem(lines.file, lines.line(place), what, mend)


def _narrow(template: Template) -> str | None:
    """The variable, of a template that tells estimates."""
    if template.lang != "en" or template.longest >= RANGE_EN:
        return None
    if not {Change.FIRST, Change.UPDATE}.intersection(template.changes):
        return None
    return next((name for name, fact in template.variables.items() if fact == "when"), None)
