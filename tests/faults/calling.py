"""A folder whose calls go to webhooks that a test answers, and the processes that make and audit them."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from core.adapters.sql_ledger.ledger import SqlLedger
from core.model.clock import Anchor
from core.runtime.clock import AnchoredClock, read_anchor, write_anchor
from tests.ports import free_port
from tests.response.on_duty import STANDARD, Duty
from tests.servers.hook import Hook, hook_at

DEMO = Path(__file__).parents[2] / "configs" / "demo"


@dataclass
class Calling:
    """speed: of plant time."""

    config: Path
    data: Path
    sms: Hook
    voice: Hook
    audit: Hook
    _running: list[subprocess.Popen[str]] = field(default_factory=list)

    def calls(self, lease_s: float = 0.5) -> subprocess.Popen[str]:
        """The service, ready."""
        made = self._start("tests.response.calls_child", str(self.config), str(lease_s))
        assert made.stdout is not None and made.stdout.readline().strip() == "ready"
        return made

    def auditor(self, every_s: float) -> subprocess.Popen[str]:
        made = self._start("hub", "auditor", str(self.config), "--every", str(every_s))
        assert made.stdout is not None and "ready" in made.stdout.readline()
        return made

    def _start(self, *argv: str) -> subprocess.Popen[str]:
        made = subprocess.Popen([sys.executable, "-m", *argv], stdout=subprocess.PIPE, text=True)
        self._running.append(made)
        return made

    def kill(self, process: subprocess.Popen[str]) -> None:
        process.kill()
        process.communicate(timeout=30)
        self._running.remove(process)

    def end(self) -> None:
        for process in list(self._running):
            self.kill(process)

    async def people(self) -> Duty:
        """Who raises and acknowledges alarms in the same ledger."""
        ledger = await SqlLedger.open(self.data / "ledger.db")
        clock = AnchoredClock(read_anchor(self.data / "clock.json") or Anchor(0, 0))
        return Duty(ledger, self.config / "s", clock)  # type: ignore[arg-type]


@contextmanager
def calling(
    folder: Path,
    speed: float,
    steps: list[dict[str, object]],
    gather_s: float = 15,
    plant_ns: int | None = None,
) -> Iterator[Calling]:
    """steps: of the ladder of priority 1. plant_ns: what the time of the plant begins with; now."""
    with ExitStack() as stack:
        sms, voice, audit = (stack.enter_context(hook_at(free_port())) for _ in range(3))
        config, data = folder / "plant", folder / "data"
        config.mkdir()
        data.mkdir()
        names = {"zh": "测试", "en": "Test"}
        hub = {"utility": {"id": "t", "name": names, "hotline": "0"}, "data": str(data)}
        (config / "hub.yaml").write_text(yaml.safe_dump(hub))
        rows = yaml.safe_load((DEMO / "alarms.yaml").read_text(encoding="utf-8"))
        for row in rows["alarms"]:
            row.pop("escalation_policy", None)
        rows["defaults"]["escalation_policy"] = "standard"  # the only one of these people
        (config / "alarms.yaml").write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
        (config / "s").write_text("shared")
        channels = [
            {
                "type": "webhook",
                "id": id,
                "url": f"http://127.0.0.1:{hook.port}/",
                "secret_file": "s",
                "internal": True,
            }
            for id, hook in (("sms", sms), ("voice", voice), ("audit", audit))
        ]
        ladders = [
            {"priority": 1, "gather_s": gather_s, "steps": steps},
            STANDARD["policies"][0]["ladders"][1],  # type: ignore[index]
        ]
        file = {
            **STANDARD,
            "channels": channels,
            "policies": [{"id": "standard", "ladders": ladders}],
            "auditor": {
                "channel": "audit",
                "to": "control-room",
                "dead_man": f"http://127.0.0.1:{audit.port}/alive",
                "internal": True,
            },
        }
        (config / "escalation.yaml").write_text(yaml.safe_dump(file, allow_unicode=True))
        now_ns = time.time_ns()
        write_anchor(data / "clock.json", Anchor(now_ns, plant_ns or now_ns, speed))
        made = Calling(config, data, sms, voice, audit)
        try:
            yield made
        finally:
            made.end()


def until(true: Callable[[], object], within_s: float) -> float:
    """Real seconds it took. Raises AssertionError."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < within_s, f"not within {within_s:g} s"
        time.sleep(0.01)
    return time.monotonic() - began
