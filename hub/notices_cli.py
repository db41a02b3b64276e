"""`waterhub notices`: whether what was published under our name is what we said."""

from pathlib import Path
from typing import Annotated

import typer

notices_app = typer.Typer(no_args_is_help=True, help="Published notices: their signatures and their list.")
Key = Annotated[
    Path, typer.Option("--key", help="the public key: 32 bytes (portal.pub), or the portal's jwks.json")
]


@notices_app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="a statement (v3.json) or the list (notices.jsonl)")],
    key: Key,
    jws: Annotated[Path | None, typer.Option(help="its signature; beside it under .jws without this")] = None,
    holds: Annotated[str, typer.Option(help="a hash that was kept: the list must still contain it")] = "",
) -> None:
    """Check a signed statement, or the whole list with its chain; exit code 1 and the reason when it does not
    hold. Needs no configuration and no hub: files fetched from the portal are enough."""
    from hub.cli import fail
    from public_portal.chain import ListBroken, verified
    from public_portal.jws import NotOurs, check

    signature = jws or file.with_suffix(".jws")
    for needed in (file, key, signature):
        if not needed.exists():
            raise fail(f"{needed}: there is no such file")
    content = file.read_bytes()
    try:
        check(content, signature.read_text(), _public(key))
        lines = verified(content) if file.suffix == ".jsonl" else []
    except (NotOurs, ListBroken, ValueError) as error:
        raise fail(f"{file}: {error}") from error
    if holds and holds not in {str(line["hash"]) for line in lines}:
        raise fail(f"{file}: the hash {holds} is no longer in it")
    print(f"{file}: the signature holds" + (f", {len(lines)} lines follow each other" if lines else ""))


def _public(file: Path) -> bytes:
    """32 raw bytes. Raises ValueError."""
    import base64
    import json

    content = file.read_bytes()
    if len(content) == 32:
        return content
    try:
        x = str(json.loads(content)["keys"][0]["x"])
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError(f"{file} is no key") from error
    return base64.urlsafe_b64decode(x + "=" * (-len(x) % 4))
