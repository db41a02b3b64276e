"""A second door of the hub, for phones on the local network (`demo --lan`): the same rooms by TLS."""

from dataclasses import replace
from pathlib import Path

from api.app import build
from api.deps import Deps
from api.serve import serve
from core.runtime.logs import log
from hub.opening import Opening


async def serve_phones(deps: Deps, at: Opening) -> None:
    """The rooms of `deps` once more, behind TLS and with cookies for TLS alone, until cancelled."""
    app = build(replace(deps, secure_cookies=True))
    log.info("phones' door", at=at.url)
    await serve(app, at.bind, at.port, tls_cert=Path(at.cert), tls_key=Path(at.key))
