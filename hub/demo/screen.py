"""What a visitor of the demo sees in the terminal."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hub.demo.lan import terminal_code
from hub.demo.people import SHOWN

PAGES = (
    ("/wall", "大屏"),
    ("/desk", "调度台"),
    ("/board", "看板"),
    ("/orders", "工单"),
    ("/board?view=duties", "重点用户"),
    ("/notices", "公告"),
    ("/trends", "趋势"),
    ("/map", "管网图"),
    ("/replay", "回放"),
    ("/dispatch", "调度指令"),
    ("/publishing", "水质发布"),
    ("/deliveries", "用户通知"),
    ("/hotline", "热线"),
    ("/crew", "抢修"),
    ("/handover", "交接班"),
    ("/reports", "日报与月报"),
)
_A_LINE = 3
_PAIRS = 2


def _pages(hub: str) -> Table:
    """Three in a line, so that all that is printed fits a screen; where a terminal can, each is a link."""
    shown = [Text(f"{path} {name}", style=f"link {hub}{path}") for path, name in PAGES]
    table = Table.grid(padding=(0, 3))
    for at in range(0, len(shown), _A_LINE):
        table.add_row("  ", *shown[at : at + _A_LINE])
    return table


def _sign_ins(all_of_them: list[dict[str, str]]) -> Table:
    """Two in a line. Users are named by their roles, crews after the first by their ids."""
    shown = {role.value for role in SHOWN}
    cells = [part for one in all_of_them if one["role"] in shown for part in (one["user"], one["password"])]
    heads = ("user", "password") * _PAIRS
    table = Table(*heads, title="demo sign-ins", title_justify="left", box=None)
    for at in range(0, len(cells), len(heads)):
        table.add_row(*cells[at : at + len(heads)])
    return table


class Screen:
    """With `as_json` nothing but one JSON line goes to standard output; the rest goes to standard error."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._console = Console(stderr=as_json, highlight=False)
        self._status = self._console.status("")
        self._did = ""

    def say(self, line: str) -> None:
        self._doing("")
        self._console.print(f"[dim]·[/dim] {line}")

    def heard(self, child: str, facts: dict[str, Any]) -> None:
        """A progress line of a child, or its unwanted end."""
        if "ended" in facts:
            self.say(f"{child} ended with code {facts['ended']}; starting it again")
        elif "doing" in facts:
            share = f" {facts['share']:.0%}" if "share" in facts else ""
            self._doing(facts["doing"], share)

    def _doing(self, what: str, share: str = "") -> None:
        """On a terminal one line that moves; elsewhere a line for each new thing."""
        if self._console.is_terminal:
            self._status.update(f"{what}{share}")
            if what:
                self._status.start()
            else:
                self._status.stop()
        elif what and what != self._did:
            self._console.print(f"· {what}")
        self._did = what or self._did

    def ready(self, facts: dict[str, Any]) -> None:
        self._doing("")
        if self._as_json:
            print(json.dumps(facts, ensure_ascii=False), flush=True)
            return
        hub, portal = facts["hub"], facts["portal"]
        say = self._console.print
        say(f"\n[bold]Water Hub runs[/bold] (ready in {facts['ready_s']} s). Ctrl-C stops it.\n")
        say(f"  the hub 中枢             {hub}", markup=False)
        say(_pages(hub))
        say(f"  public portal 公众门户   {portal}", markup=False)
        say()
        say(_sign_ins(facts["sign_ins"]))
        if phones := facts["phones"]:
            say("\nA crew's phone on the same network (docs/how-to/crew-phone.md):", markup=False)
            say(f"  {phones['url']}", markup=False)
            say("  SHA-256 of its certificate authority:\n  ", phones["fingerprint"], soft_wrap=True)
            say(terminal_code(phones["url"]), markup=False)
        say("\nTry next, in another terminal:")
        say("  .venv/bin/waterhub sim burst      a main breaks; watch the wall, the desk and the hotline")
        say("  .venv/bin/waterhub sim quality --kind turbidity")
        say("  .venv/bin/waterhub sim clear      everything is repaired\n")
        sys.stdout.flush()
