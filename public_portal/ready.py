"""Answers made once for a snapshot and a moment, and handed out as they are: what a surge of readers gets.

It stands before the application and asks it for each page once. What is a question, a number that was read
out, or anything else that is not for all, goes through; so does what it has no room for.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from public_portal.asked import THEMES
from public_portal.language import chosen
from public_portal.variants import Answer, Headers, packs, send_out

MOST_BYTES = 32 * 1024 * 1024
"""Kept at once, both encodings together; the longest unused go first."""
LARGEST = 4 * 1024 * 1024
"""Bytes of one answer that is kept."""
_RECORD = ("/history", "/history.csv", "/corrections.csv")
_OF_RECORD = ("parameter", "day", "month", "bom")
_BULK = "/data/"
"""Below it files are streamed: no one is held whole."""
_WIDGET = "/widget/"
_OF_WIDGET = {"large": ("1",), "theme": THEMES}
_LONGEST = 40
"""Characters of one of them."""
_OPEN_DATA = "/v1.1"
"""Below it the whole question counts."""
_LONGEST_QUESTION = 1_000

Key = tuple[str, tuple[str, ...], str, bool]
"""Path, what of the query counts, language, large type."""


@dataclass(slots=True)
class Facts:
    """given: answers handed out as they were kept. made: those asked of the application. bytes: kept now."""

    given: int = 0
    made: int = 0
    bytes: int = 0


@dataclass(slots=True)
class _Caught:
    """What the application answered."""

    start: Message = field(default_factory=dict)
    body: bytes = b""
    rest: list[Message] = field(default_factory=list)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body" and not self.body:
            self.body = message.get("body", b"")
            self.rest.append(message)
        else:
            self.rest.append(message)

    @property
    def answer(self) -> Answer | None:
        """None when it is not for all, or came in pieces."""
        headers: Headers = self.start.get("headers", [])
        found = dict(headers)
        whole = len(self.rest) == 1 and not self.rest[0].get("more_body") and len(self.body) <= LARGEST
        for_all = found.get(b"cache-control", b"").startswith(b"public") and b"etag" in found
        return Answer(headers, self.body) if self.start.get("status") == 200 and whole and for_all else None


class Ready:
    """moment: everything but the address that an answer may be drawn from, None before the first snapshot;
    when it changes all is made anew."""

    def __init__(
        self,
        app: ASGIApp,
        moment: Callable[[], Hashable],
        facts: Facts | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._app = app
        self._moment = moment
        self._most = most_bytes
        self.facts = facts or Facts()
        self._at: Hashable = None
        self._kept: dict[Key, Answer] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = _asked(scope) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        moment = self._moment() if asked else None
        if asked is None or moment is None:
            await self._app(scope, receive, send)
            return
        if moment != self._at:
            self._at, self._kept, self.facts.bytes = moment, {}, 0
        key, packed, known = asked
        answer = self._kept.pop(key, None)
        if answer is not None:
            self._kept[key] = answer
            self.facts.given += 1
        else:
            caught = await self._caught(scope, receive)
            answer = caught.answer
            if answer is None:
                await send(caught.start)
                for message in caught.rest:
                    await send(message)
                return
            self._keep(key, answer, moment)
        await send_out(send, answer.packed if packed else answer.plain, known, scope["method"] == "HEAD")

    async def _caught(self, scope: Scope, receive: Receive) -> _Caught:
        """The application's own answer to a reader who has nothing yet."""
        headers = [(name, value) for name, value in scope["headers"] if name != b"if-none-match"]
        caught = _Caught()
        await self._app({**scope, "method": "GET", "headers": headers}, receive, caught.send)
        self.facts.made += 1
        return caught

    def _keep(self, key: Key, answer: Answer, moment: Hashable) -> None:
        """Unless the moment has passed meanwhile."""
        if moment != self._at or key in self._kept:
            return
        self._kept[key] = answer
        self.facts.bytes += answer.size
        while self.facts.bytes > self._most:
            self.facts.bytes -= self._kept.pop(next(iter(self._kept))).size


def _counts(path: str, name: str, value: str) -> bool:
    """What of a query makes another answer there."""
    if path.startswith(_WIDGET):
        return value in _OF_WIDGET.get(name, ())
    return name in _OF_RECORD and path.endswith(_RECORD) and len(value) <= _LONGEST


def _asked(scope: Scope) -> tuple[Key, bool, bytes] | None:
    """What is asked for, whether packed, and which ETags the reader has; None for what is not for all."""
    path, rest, lang, large = scope["path"], [], None, False
    if path.startswith(_BULK):
        return None
    if path.startswith(_OPEN_DATA):
        if len(scope["query_string"]) > _LONGEST_QUESTION:
            return None
        rest.append(scope["query_string"].decode("latin-1"))
    elif scope["query_string"]:
        given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if len({name for name, _ in given}) < len(given):
            return None
        for name, value in given:
            if name == "lang":
                lang = value if value in ("zh", "en") else None
            elif name == "size":
                large = value == "large"
            elif _counts(path, name, value):
                rest.append(f"{name}={value}")
            else:
                return None
    known = languages = encodings = b""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            encodings += b"," + value
        elif name == b"accept-language":
            languages = languages or value
        elif name == b"if-none-match":
            known += b"," + value
    own = lang or f"~{chosen(None, languages.decode('latin-1'))}"
    return (path, tuple(rest), own, large), packs(encodings), known
