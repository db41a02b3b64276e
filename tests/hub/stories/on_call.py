"""Who the demo's rota has on call at a moment, by its file, and whose phone had a call."""

from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import yaml

from response.escalation.rota import on_call
from response.escalation.spec import Position
from tests.hub.running_demo import items

FILE = Path("configs/demo/escalation.yaml")


def phones(position: str, at: str) -> tuple[str, ...]:
    """at: RFC 3339."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))["positions"]
    row = next(one for one in rows if one["id"] == position)
    return on_call(Position.model_validate(row), round(datetime.fromisoformat(at).timestamp() * 1e9))


def rung(client: httpx.Client, call: str) -> list[dict[str, Any]]:
    """The first told first."""
    notes = items(client, f"/api/v1/notifications?call={call}")
    return sorted((one for one in notes if one["outcome"] == "delivered"), key=lambda one: str(one["at"]))
