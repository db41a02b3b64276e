"""Files made inside, as the snapshot brought them: found by their path and handed out unread, as time alone
has turned them since."""

from fastapi import Request, Response

from core.model.snapshot import PublicDocument
from public_portal.received import Received
from public_portal.responses import answer

_TEXT = ("text/", "application/json")


class Files:
    """The index of one snapshot at a time."""

    def __init__(self) -> None:
        self._seq: int | None = None
        self._by_path: dict[str, PublicDocument] = {}

    def find(self, received: Received, path: str) -> PublicDocument | None:
        if received.snapshot.seq != self._seq:
            self._by_path = {document.path: document for document in received.snapshot.documents}
            self._seq = received.snapshot.seq
        document = self._by_path.get(path)
        return document and document.as_of(received.now_ns)


def handed_out(request: Request, document: PublicDocument) -> Response:
    """Readable by any program (CORS); a PDF opens in the page under its own name."""
    media = document.media
    if media.startswith(_TEXT) or media.endswith("xml"):
        media += "; charset=utf-8"
    made = answer(request, document.content, media)
    made.headers["Access-Control-Allow-Origin"] = "*"
    name = document.path.replace("/", "-").lstrip(".")
    made.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return made
