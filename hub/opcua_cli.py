"""`waterhub opcua`: the hub's own certificate, and the servers whose certificates it accepts."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

opcua_app = typer.Typer(
    no_args_is_help=True,
    help="Certificates of OPC UA connections: `waterhub opcua certificate`, `waterhub opcua trust`.",
)

Config = Annotated[Path, typer.Argument(help="folder of the plant's configuration", metavar="CONFIG")]
Json = Annotated[bool, typer.Option("--json", help="answer as JSON, for scripts")]


def pki_of(config: Path) -> Path:
    """Where a hub of this configuration keeps its OPC UA certificates."""
    from hub.cli import read_or_explain

    data: Path = read_or_explain(config).hub.data
    return data / "opcua"


@opcua_app.command()
def certificate(
    config: Config,
    renew: Annotated[bool, typer.Option("--renew", help="make a new key and certificate")] = False,
    as_json: Json = False,
) -> None:
    """Show the hub's own certificate, which each server must be told to trust; made when there is none.

    A renewed one is shown to a server at the next connect: let the server trust it before you restart.
    """
    from collectors.opcua import identity

    pki = pki_of(config)
    own = identity.renew(pki) if renew else identity.identity(pki)
    expires = datetime.fromtimestamp(own.expires_ns // 10**9, UTC).date().isoformat()
    found = {"certificate": str(own.certificate), "thumbprint": own.thumbprint, "uri": own.uri}
    found["expires"] = expires
    print(json.dumps(found) if as_json else "\n".join(f"{name:<12} {text}" for name, text in found.items()))


@opcua_app.command()
def trust(
    config: Config,
    thumbprint: Annotated[
        str | None, typer.Argument(help="how the certificate's thumbprint begins", metavar="[THUMBPRINT]")
    ] = None,
    as_json: Json = False,
) -> None:
    """Accept a server's certificate that was rejected; without a thumbprint, list the trusted and rejected.

    Compare the thumbprint with the one that the server itself shows before you trust it.
    """
    from collectors.opcua import trust as trusting
    from hub.cli import REFUSED, fail

    pki = pki_of(config)
    if thumbprint is not None:
        try:
            place = trusting.trust(pki, thumbprint)
        except (LookupError, ValueError, OSError) as error:
            raise fail(str(error), REFUSED) from error
        print(json.dumps({"trusted": str(place)}) if as_json else f"trusted from now on: {place.name}")
        return
    found = {
        name: [file.name for file in trusting.certificates(pki / name)] for name in ("trusted", "rejected")
    }
    if as_json:
        print(json.dumps(found))
        return
    for name, files in found.items():
        print("\n".join([f"{name}:", *(f"  {file}" for file in files or ["(none)"])]))
