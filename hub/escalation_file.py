"""escalation.yaml against itself and the alarms' rows: every mistake with its line."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from hub.destinations import unreachable
from hub.documents import read_document
from hub.master_files import Master
from hub.problems import Problem, nearest
from hub.yaml_lines import Document
from response.escalation.spec import EscalationFile, Notify, SmtpChannel, WebhookChannel

NAME = "escalation.yaml"
Path_ = tuple[str | int, ...]


def read_escalation(file: Path, master: Master | None, problems: list[Problem]) -> EscalationFile | None:
    """None when what is wrong leaves nothing to go on with."""
    lines, found = read_document(file, EscalationFile, problems)
    if lines and found:
        rows = master.spec.alarms if master else ()
        _Checked(lines, found, problems).all((row.id, row.escalation_policy) for row in rows)
    return found


class _Checked:
    def __init__(self, lines: Document, file: EscalationFile, problems: list[Problem]) -> None:
        self._lines, self._file, self._problems = lines, file, problems

    def all(self, policies: Iterable[tuple[str, str]]) -> None:
        """policies: (alarm row, the policy it names)."""
        file = self._file
        ways = [(c, w, way) for c, one in enumerate(file.contacts) for w, way in enumerate(one.ways)]
        for kind in ("channels", "contacts", "positions", "policies"):
            self._once(((kind, n), one.id) for n, one in enumerate(getattr(file, kind)))
        self._once((("contacts", c, "ways", w), way.id) for c, w, way in ways)
        channels = {one.id: one for one in file.channels}
        for c, w, way in ways:
            at: Path_ = ("contacts", c, "ways", w)
            self._known((*at, "channel"), "channel", way.channel, channels)
            if isinstance(channels.get(way.channel), SmtpChannel) and "@" not in way.to:
                self._say((*at, "to"), f"{way.to!r} is no mailbox", "write it as name@host")
        self._positions()
        self._ladders()
        names = [policy.id for policy in file.policies]
        self._known(("default",), "policy", file.default, names)
        if file.auditor:
            self._known(("auditor", "channel"), "channel", file.auditor.channel, channels)
        self._destinations()
        for row, policy in policies:
            if policy not in names:
                what = f"alarm row {row!r} of alarms.yaml names the policy {policy!r}, which is not here"
                self._say(("policies",), what, nearest(policy, names))

    def _destinations(self) -> None:
        for n, channel in enumerate(self._file.channels):
            if isinstance(channel, WebhookChannel):
                self._reached(("channels", n, "url"), channel.url, channel.internal)
        auditor = self._file.auditor
        if auditor and auditor.dead_man:
            self._reached(("auditor", "dead_man"), auditor.dead_man, auditor.internal)

    def _reached(self, path: Path_, url: str, internal: bool) -> None:
        self._problems += unreachable(self._lines.file, self._lines.line(path), url, internal=internal)

    def _positions(self) -> None:
        contacts = [contact.id for contact in self._file.contacts]
        for n, position in enumerate(self._file.positions):
            at: Path_ = ("positions", n)
            for i, id in enumerate(position.rotation.contacts if position.rotation else ()):
                self._known((*at, "rotation", "contacts", i), "contact", id, contacts)
            for i, row in enumerate(position.weekly):
                self._known((*at, "weekly", i, "contact"), "contact", row.contact, contacts)
            for i, one in enumerate(position.instead):
                if one.contact is not None:
                    self._known((*at, "instead", i, "contact"), "contact", one.contact, contacts)
                if one.since.tzinfo is None or one.until.tzinfo is None or one.since >= one.until:
                    what = "`since` and `until` need a time zone, and `since` comes first"
                    self._say((*at, "instead", i), what, "write them as 2026-10-01T08:00:00+08:00")

    def _ladders(self) -> None:
        positions = [position.id for position in self._file.positions]
        for n, policy in enumerate(self._file.policies):
            at: Path_ = ("policies", n, "ladders")
            count = Counter(ladder.priority for ladder in policy.ladders)
            for priority in (1, 2):
                if count[priority] == 0:
                    what = f"policy {policy.id!r} tells nobody of priority {priority}"
                    self._say(at, what, f"add a ladder with priority: {priority}")
            for i, ladder in enumerate(policy.ladders):
                if count[ladder.priority] > 1:
                    what = f"priority {ladder.priority} has {count[ladder.priority]} ladders"
                    self._say((*at, i), what, "keep one")
                for s, step in enumerate(ladder.steps):
                    for p, id in enumerate(step.notify if isinstance(step, Notify) else ()):
                        self._known((*at, i, "steps", s, "notify", p), "position", id, positions)

    def _once(self, named: Iterable[tuple[Path_, str]]) -> None:
        seen: set[str] = set()
        for path, id in named:
            if id in seen:
                self._say((*path, "id"), f"{id!r} is there twice", "name them apart")
            seen.add(id)

    def _known(self, path: Path_, what: str, id: str, known: Iterable[str]) -> None:
        if id not in known:
            self._say(path, f"{what} {id!r} does not exist", nearest(id, known))

    def _say(self, path: Path_, what: str, mend: str) -> None:
        self._problems.append(Problem(self._lines.file, self._lines.line(path), what, mend))
