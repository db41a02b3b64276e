"""A session with a server: endpoint, trust, encryption, user, and what every session asks first."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from asyncua import ua
from asyncua.client.client import Client
from asyncua.crypto import security_policies, uacrypto
from asyncua.crypto.security_policies import SecurityPolicy
from asyncua.ua.uaerrors import UaError
from cryptography.exceptions import InvalidSignature

from collectors.opcua import trust
from collectors.opcua.columns import Columns
from collectors.opcua.identity import Identity, expires_ns, identity
from collectors.opcua.messages import read_results
from collectors.opcua.spec import OpcUaSpec

SESSION_MS = 60_000
AT_ONCE = 500
"""Nodes or items in one service call, unless the server's own limit is lower."""
BEST = ("Aes256Sha256RsaPss", "Aes128Sha256RsaOaep", "Basic256Sha256")
FAILURES = (UaError, OSError, InvalidSignature, ValueError)
"""What a server that is gone, or makes no sense, raises; never a mistake of ours."""

_NEVER_S = 1e6
_IDENTIFIERS: dict[str, Callable[[str], object]] = {"i": int, "s": str, "g": UUID, "b": b64decode}
_LIMITS = (
    ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
    ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
)


@dataclass(slots=True)
class Session:
    """ended: set when the connection is lost. read_limit, item_limit: nodes or items in one call."""

    client: Client
    ended: asyncio.Event
    own: Identity | None = None
    server_expires_ns: int | None = None
    namespaces: Sequence[str] = ()
    read_limit: int = AT_ONCE
    item_limit: int = AT_ONCE

    async def ask(self, request: object, timeout_s: float | None = None) -> bytes:
        """The answer's bytes. timeout_s: 0 to wait as long as it takes."""
        protocol = self.client.uaclient.protocol
        if protocol is None:
            raise ConnectionError("no secure channel")
        return bytes(await protocol.send_request(request, timeout_s))

    async def read(
        self, nodes: Sequence[ua.NodeId], attribute: ua.AttributeIds = ua.AttributeIds.Value
    ) -> Columns:
        """Fresh values (not from a cache) with both times, in one call."""
        request = ua.ReadRequest()
        request.Parameters = ua.ReadParameters(
            MaxAge=0,
            TimestampsToReturn=ua.TimestampsToReturn.Both,
            NodesToRead=[ua.ReadValueId(NodeId=node, AttributeId=attribute) for node in nodes],
        )
        found = read_results(await self.ask(request))
        if len(found.v) != len(nodes):
            raise ValueError(f"{len(found.v)} values for {len(nodes)} nodes")
        return found


class _Client(Client):  # type: ignore[misc]
    """asyncua's with a hole mended: before CPython 3.12 the `wait_for` that it connects by swallows a
    cancellation that comes as the socket opens (gh-86296), and a source told to stop would go on."""

    async def connect_socket(self) -> None:
        await super().connect_socket()
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError


@asynccontextmanager
async def session(spec: OpcUaSpec, pki: Path, folder: Path) -> AsyncIterator[Session]:
    """pki: of certificates; folder: that credentials' files are relative to. At most one CreateSession, and
    always a CloseSession while there is a connection. Raises ConnectionError, Untrusted, `FAILURES`."""
    client = _Client(spec.url, timeout=spec.timeout_s, watchdog_intervall=_NEVER_S)
    client.session_timeout = SESSION_MS
    client.name = client.description = "waterhub"
    made = Session(client, asyncio.Event())

    async def lost(error: Exception) -> None:
        made.ended.set()

    client.connection_lost_callback = lost
    try:
        async with asyncio.timeout(4 * spec.timeout_s):
            if spec.secure:
                await _secure(made, spec, pki)
                await _identify(client, spec, folder)
            else:
                client.application_uri = "urn:waterhub:hub"
            await client.connect()
            await _learn(made)
        yield made
    except FAILURES:
        await _close(client, spec.timeout_s, delete_subscriptions=False)
        raise
    finally:
        await _close(client, spec.timeout_s, delete_subscriptions=True)
        if client.uaclient.protocol is not None and client.uaclient.protocol.transport is not None:
            client.disconnect_socket()


async def _close(client: Client, timeout_s: float, *, delete_subscriptions: bool) -> None:
    """A session that failed leaves its subscription, for the next one to take over within its lifetime.

    In a task of its own: asyncua swallows a cancellation that comes while it closes, and ours must not be."""

    async def close() -> None:
        with suppress(*FAILURES):
            if not delete_subscriptions:
                await client.uaclient.close_session(False)
            await client.close_session()

    task = asyncio.create_task(close())
    try:
        await asyncio.wait({task}, timeout=timeout_s)
    finally:
        task.cancel()


async def _secure(made: Session, spec: OpcUaSpec, pki: Path) -> None:
    """Finds the endpoint, and accepts its certificate before anything of ours is sent to it."""
    own = await asyncio.to_thread(identity, pki)
    made.own, made.client.application_uri = own, own.uri
    endpoint, policy = _choose(spec, await made.client.connect_and_get_server_endpoints())
    content = _first(endpoint.ServerCertificate or b"")
    uri = str(endpoint.Server.ApplicationUri)
    certificate = await asyncio.to_thread(trust.check, pki, content, uri, spec.server_thumbprint)
    made.server_expires_ns = expires_ns(certificate)
    await made.client.set_security(
        policy, own.certificate, own.key, server_certificate=content, mode=endpoint.SecurityMode
    )


def _choose(
    spec: OpcUaSpec, offered: Sequence[ua.EndpointDescription]
) -> tuple[ua.EndpointDescription, type[SecurityPolicy]]:
    mode = ua.MessageSecurityMode[spec.message_mode]
    for name in (spec.policy,) if spec.policy else BEST:
        policy: type[SecurityPolicy] = getattr(security_policies, f"SecurityPolicy{name}")
        for endpoint in offered:
            if endpoint.SecurityMode == mode and endpoint.SecurityPolicyUri == policy.URI:
                return endpoint, policy
    offers = sorted({f"{e.SecurityPolicyUri.rpartition('#')[2]}/{e.SecurityMode.name}" for e in offered})
    wanted = f"{spec.policy or ' or '.join(BEST)} with {spec.message_mode}"
    raise ConnectionError(f"the server offers {', '.join(offers) or 'no endpoint'}, not {wanted}")


def _first(chain: bytes) -> bytes:
    """The first certificate of a chain: a DER sequence says its own length."""
    if len(chain) > 4 and chain[0] == 0x30 and chain[1] == 0x82:
        return chain[: 4 + int.from_bytes(chain[2:4], "big")]
    return chain


async def _identify(client: Client, spec: OpcUaSpec, folder: Path) -> None:
    if spec.user and spec.password_file:
        client.set_user(spec.user)
        client.set_password((folder / spec.password_file).read_text().strip())
    elif spec.user_certificate and spec.user_key:
        await client.load_client_certificate(str(folder / spec.user_certificate))
        client.user_private_key = await uacrypto.load_private_key(folder / spec.user_key)


async def _learn(made: Session) -> None:
    """The namespaces of this session, and how much the server takes in one call."""
    made.namespaces = await made.client.get_namespace_array()
    limits = []
    for number in _LIMITS:
        (value,) = (await made.read([ua.NodeId(number)])).v.tolist()
        limits.append(min(AT_ONCE, int(value)) if value >= 1 else AT_ONCE)
    made.read_limit, made.item_limit = limits


def node_id(node: str, namespaces: Sequence[str]) -> ua.NodeId | None:
    """A node of the configuration with its namespace's number of this session; None when the server has no
    such namespace."""
    *space, name = node.split(";", 1) if node.startswith("ns") else [node]
    index = 0
    if space and space[0].startswith("nsu="):
        uri = space[0].removeprefix("nsu=")
        if uri not in namespaces:
            return None
        index = namespaces.index(uri)
    elif space:
        index = int(space[0].removeprefix("ns="))
    return ua.NodeId(_IDENTIFIERS[name[0]](name[2:]), index)
