"""The citizens' server as a process of its own: it is given a folder of snapshots and a public key.

python -m hub.portal --snapshots .waterhub/demo/public --key .waterhub/demo/keys/portal.pub --port 8081
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from core.adapters.folder_snapshots import FolderSnapshots
from public_portal.seen import SeenDamaged
from public_portal.server import build
from public_portal.transport import ANCESTOR

STOP_S = 2
SEEN, LETTERS = "highest.json", "letters"


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Serves the public water-quality pages from signed snapshots."
    )
    parser.add_argument("--snapshots", type=Path, required=True, help="folder that the hub publishes to")
    parser.add_argument("--key", type=Path, required=True, help="file with the 32 bytes of the public key")
    parser.add_argument(
        "--state",
        type=Path,
        help="folder of its own, kept: no snapshot older than the last is shown, and reports can be left",
    )
    parser.add_argument("--bind", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--tls-cert", type=Path)
    parser.add_argument("--tls-key", type=Path)
    parser.add_argument(
        "--trusted-proxies", nargs="*", default=(), help="addresses or networks whose X-Forwarded-For counts"
    )
    parser.add_argument(
        "--frame-ancestors",
        nargs="*",
        default=(),
        type=_ancestor,
        help="sites whose pages may show the widget, as https://www.city.example; nobody's without",
    )
    given = parser.parse_args()
    door = (given.bind, given.port, given.tls_cert, given.tls_key, given.trusted_proxies)
    try:
        serve(given.snapshots, given.key, *door, state=given.state, frame_ancestors=given.frame_ancestors)
    except SeenDamaged as error:
        sys.exit(str(error))


def serve(
    snapshots: Path,
    key: Path,
    bind: str,
    port: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    trusted_proxies: Sequence[str] = (),
    *,
    state: Path | None = None,
    frame_ancestors: Sequence[str] = (),
) -> None:
    """Runs until SIGTERM or SIGINT. trusted_proxies: see `api.serve`; questions are counted by the address
    that is left. state: folder for what must outlive a restart. Raises SeenDamaged."""
    app = build(
        FolderSnapshots(snapshots),
        key.read_bytes(),
        seen=state / SEEN if state else None,
        frame_ancestors=frame_ancestors,
        letters=state / LETTERS if state else None,
    )
    uvicorn.run(
        app,
        host=bind,
        port=port,
        ssl_certfile=tls_cert,
        ssl_keyfile=tls_key,
        log_level="warning",
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        timeout_graceful_shutdown=STOP_S,
    )


def _ancestor(site: str) -> str:
    """Raises ArgumentTypeError for what would be no site of a policy."""
    if not re.fullmatch(ANCESTOR, site):
        raise argparse.ArgumentTypeError(f"{site!r} is no site as https://www.city.example")
    return site


if __name__ == "__main__":
    main()
