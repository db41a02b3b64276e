"""What was said, kept word for word as it was signed, and listed for ever.

A statement is written down when its version is first published, in the ledger, with its place in the chain;
after that it is read, never made again: a later release of the hub cannot spell the past anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from core.model.bulletin import Bulletin
from core.model.text import Text
from core.ports.ledger import Tx
from public_portal.chain import Entry, document, entry, verified
from public_portal.everything import everything
from public_portal.jws import detached
from public_portal.sentences import fingerprints
from public_portal.signing import public_key_of
from response.delivery.spec import CustomerChannel
from response.renderings.cap import cap
from response.renderings.statement import digest, iso, statement
from response.renderings.web import paragraphs

LIST = "public_portal.list"
SAID = "public_portal.said/"
MOST_LISTED = 300
"""Lines of the published list; what is older stays in the ledger, and its last hash before the first line."""


@dataclass(frozen=True, slots=True)
class Said:
    """One version for ever: statement and alert byte for byte, its page, fingerprints of all it said."""

    statement: bytes
    cap: bytes
    body: Text
    sentences: tuple[str, ...]


class Recorded:
    """signing_key: 32 raw bytes (Ed25519). channels: by which customers are told."""

    def __init__(self, signing_key: bytes, channels: Sequence[CustomerChannel] = ()) -> None:
        self._channels = channels
        self._key, self._public = signing_key, public_key_of(signing_key)
        self.forget()

    def forget(self) -> None:
        """The transaction of `take` failed: read the ledger anew."""
        self._lines: list[Entry] | None = None
        self._said: dict[str, Said] = {}

    async def take(self, tx: Tx, bulletins: Iterable[Bulletin]) -> None:
        """Writes down what is new among these, in the order in which it was sent, and remembers the rest."""
        lines = self._lines if self._lines is not None else verified(await tx.kept(LIST) or b"")
        listed, before = {line["identifier"] for line in lines}, len(lines)
        for b in sorted(bulletins, key=lambda b: (b.sent_ns, b.identifier)):
            if b.identifier not in self._said:
                await self._remember(tx, b)
            if b.identifier not in listed:
                lines = [*lines, entry(lines[-1] if lines else None, self._facts(b))]
                listed.add(b.identifier)
        if len(lines) > before:
            await tx.keep(LIST, document(lines))
        self._lines = lines

    async def _remember(self, tx: Tx, b: Bulletin) -> None:
        kept = await tx.kept(SAID + b.identifier)
        if kept is None:
            said = Said(
                statement=statement(b),
                cap=cap(b),
                body=paragraphs(b),
                sentences=fingerprints(everything(b, self._channels)),
            )
            kept = msgspec.json.encode(said)
            await tx.keep(SAID + b.identifier, kept)
        self._said[b.identifier] = msgspec.json.decode(kept, type=Said)

    def _facts(self, b: Bulletin) -> Entry:
        return {
            "number": b.number,
            "version": b.version,
            "identifier": b.identifier,
            "change": b.change.value,
            "sent": iso(b.sent_ns),
            "sha256": self.sha256(b.identifier),
        }

    def said(self, identifier: str) -> Said:
        return self._said[identifier]

    def jws(self, identifier: str) -> str:
        return detached(self.said(identifier).statement, self._key, self._public)

    def sha256(self, identifier: str) -> str:
        return digest(self.said(identifier).statement)

    def chain(self) -> tuple[bytes, str]:
        """The newest lines, and their detached signature."""
        content = document((self._lines or [])[-MOST_LISTED:])
        return content, detached(content, self._key, self._public)

    @property
    def public_key(self) -> bytes:
        return self._public
