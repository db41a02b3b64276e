"""A portal with a letterbox, in a real server, and the hub's end of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from core.adapters.folder_snapshots import FolderSnapshots
from core.adapters.http_letterbox import HttpLetterbox
from core.model.snapshot import PublicSnapshot
from public_portal.jws import base64url
from public_portal.letter_seal import public_half
from public_portal.server import build
from public_portal.signing import public_key_of, sealed
from tests.public_portal import samples
from tests.public_portal.conftest import serving

KEY = X25519PrivateKey.generate().private_bytes_raw()
FORM = {"symptom": "no_water", "address": "人民路44号", "area": "dma-02", "text": "从昨晚开始"}


def with_key(snapshot: PublicSnapshot) -> PublicSnapshot:
    return replace(snapshot, letter_key=base64url(public_half(KEY)))


@dataclass
class LetterTown:
    url: str
    store: FolderSnapshots
    letters: Path
    citizen: httpx.Client

    def hub(self, signing_key: bytes = samples.KEY, off_s: float = 0.0) -> HttpLetterbox:
        sign = Ed25519PrivateKey.from_private_bytes(signing_key).sign
        return HttpLetterbox(self.url, sign, wall_s=lambda: time.time() + off_s)

    def show(self, snapshot: PublicSnapshot) -> None:
        self.store.put(*sealed(snapshot, samples.KEY))

    def lying(self) -> list[Path]:
        return sorted(self.letters.iterdir()) if self.letters.exists() else []


@contextmanager
def letter_town(folder: Path) -> Iterator[LetterTown]:
    store, letters = FolderSnapshots(folder / "public"), folder / "state" / "letters"
    store.put(*sealed(with_key(samples.ordinary()), samples.KEY))
    app = build(store, public_key_of(samples.KEY), letters=letters)
    language = {"accept-language": "zh-CN"}
    with (
        serving(app) as url,
        httpx.Client(base_url=url, timeout=30, headers=language, verify=False) as citizen,
    ):
        yield LetterTown(url, store, letters, citizen)
