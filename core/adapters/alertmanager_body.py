"""A message as Alertmanager's webhook has it (version "4"), so that what receives those receives ours."""

from datetime import UTC, datetime
from typing import Any

from core.model.message import Message, MessageKind

_NEVER = "0001-01-01T00:00:00Z"


def body_of(message: Message) -> dict[str, Any]:
    """status: "resolved" when nobody is needed any more, as soon as an operator has acknowledged. The group
    key is the incident's or alarm's id, the same in every message of it."""
    over = message.kind is MessageKind.OVER
    status = "resolved" if over else "firing"
    labels = {
        "alertname": message.kind.value,
        "severity": f"P{message.priority}",
        "subject": message.subject,
        "to": message.to,
    }
    annotations = {
        "summary": message.title.en,
        "summary_zh": message.title.zh,
        "description": message.body.en,
        "description_zh": message.body.zh,
    }
    if message.template:
        annotations["template"] = message.template
        annotations |= {f"variable_{name}": value for name, value in message.variables}
    alert = {
        "status": status,
        "labels": labels,
        "annotations": annotations,
        "startsAt": _rfc3339(message.began_ns),
        "endsAt": _rfc3339(message.at_ns) if over else _NEVER,
        "generatorURL": message.link,
        "fingerprint": message.key,
    }
    return {
        "version": "4",
        "groupKey": message.subject,
        "truncatedAlerts": max(0, message.count - 1),
        "status": status,
        "receiver": message.to,
        "groupLabels": {"subject": message.subject},
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": message.link,
        "alerts": [alert],
    }


def _rfc3339(t_ns: int) -> str:
    stamp = datetime.fromtimestamp(t_ns / 1e9, UTC).replace(tzinfo=None)
    return stamp.isoformat(timespec="milliseconds") + "Z"
