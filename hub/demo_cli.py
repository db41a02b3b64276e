"""`waterhub demo`: a whole utility on this machine."""

from pathlib import Path
from typing import Annotated

import typer

DEMO_DATA = Path(".waterhub/demo")
Data = Annotated[Path, typer.Option(help="data folder of the demo")]
Json = Annotated[bool, typer.Option("--json", help="answer as JSON, for scripts")]


def demo(
    data: Data = DEMO_DATA,
    fresh: Annotated[bool, typer.Option("--fresh", help="forget everything and start over")] = False,
    speed: Annotated[float, typer.Option(min=1, max=60, help="how many times as fast plant time runs")] = 1.0,
    network: Annotated[
        Path | None, typer.Option(help="another EPANET .inp; sensors are placed by themselves")
    ] = None,
    lan: Annotated[
        bool,
        typer.Option("--lan", help="one door for phones on the local network, by TLS of the demo's own CA"),
    ] = False,
    lan_address: Annotated[
        str | None, typer.Option(metavar="IP", help="which of this machine's addresses (with --lan)")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run a whole utility on this machine: a simulated town behind real protocols, the hub and the portal.

    With --json one line is printed when ready: hub, portal, sign_ins, pids, ports, phones, ready_s.
    """
    from hub.cli import REFUSED, fail, on_loop
    from hub.demo.children import ChildFailed
    from hub.demo.lan import address_for
    from hub.demo.parent import DemoRefused, Wish
    from hub.demo.parent import demo as run_demo

    try:
        address = address_for(lan, lan_address)
    except OSError as error:
        raise fail("--lan: this machine is on no network; say which address: --lan-address") from error
    wish = Wish(
        config=demo_config(),
        data=data,
        speed=speed,
        network=network,
        fresh=fresh,
        as_json=as_json,
        lan=address,
    )
    try:
        on_loop(lambda: run_demo(wish))
    except DemoRefused as refused:
        raise fail(str(refused), REFUSED) from refused
    except ChildFailed as failed:
        raise fail(str(failed)) from failed


def demo_config() -> Path:
    """configs/demo of the checkout this runs from."""
    return Path(__file__).resolve().parent.parent / "configs" / "demo"
