"""Answers of a server, read from their bytes: publications and reads, with their values as columns.

What is usual is read here; a message with anything else in it (diagnostics, a change of the subscription's
status, a fault) goes to asyncua whole.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from asyncua import ua
from asyncua.ua.ua_binary import struct_from_binary

from collectors.opcua.columns import UNREADABLE, Columns, Malformed, columns_of, data_values

_HEADER = struct.Struct("<4sqIIBi3s")
_RESULT = struct.Struct("<?Iqi")
_EXTENSION = struct.Struct("<4sBi")
_COUNT = struct.Struct("<i")
_PUBLISH = struct.pack("<BBH", 1, 0, ua.ObjectIds.PublishResponse_Encoding_DefaultBinary)
_READ = struct.pack("<BBH", 1, 0, ua.ObjectIds.ReadResponse_Encoding_DefaultBinary)
_CHANGES = struct.pack("<BBH", 1, 0, ua.ObjectIds.DataChangeNotification_Encoding_DefaultBinary)


@dataclass(slots=True)
class Publication:
    """One answer to a publish request. sequence: of this notification, or of the next one when there is
    none (a keep-alive, `changes` empty and `ended` None); refused_acks: how many acknowledgements the
    server did not know; ended: the StatusCode with which the server ends the subscription."""

    subscription: int
    sequence: int
    changes: list[Columns] = field(default_factory=list)
    refused_acks: int = 0
    ended: ua.StatusCode | None = None

    @property
    def keep_alive(self) -> bool:
        return not self.changes and self.ended is None


class _Unusual(Exception):
    """Nothing wrong; asyncua must read it."""


def publication(body: bytes) -> Publication:
    """Raises UaStatusCodeError when the service failed, Malformed when the bytes make no sense."""
    try:
        return _publication(body)
    except _Unusual:
        return _by_asyncua(body)
    except struct.error as error:
        raise Malformed(f"a publication is cut short: {error}") from error


def read_results(body: bytes) -> Columns:
    """The values of a ReadResponse, numbered as they were asked for. Raises as `publication` does."""
    try:
        at = _after_header(body, _READ)
        n, at = _count(body, at)
        return data_values(body, at, n, handles=False)[0]
    except _Unusual:
        response = decoded(ua.ReadResponse, body)
        return columns_of(list(enumerate(response.Results or ())))
    except struct.error as error:
        raise Malformed(f"an answer is cut short: {error}") from error


def decoded(kind: type[Any], body: bytes) -> Any:
    """A response by asyncua. Raises as `publication` does."""
    try:
        response = struct_from_binary(kind, ua.utils.Buffer(body))
        result = response.ResponseHeader.ServiceResult
    except UNREADABLE as error:
        raise Malformed(f"not a {kind.__name__}: {error}") from error
    result.check()
    return response


def _after_header(body: bytes, kind: bytes) -> int:
    type_id, _, _, result, diagnostics, strings, extra = _HEADER.unpack_from(body)
    if type_id != kind or result or diagnostics or strings > 0 or extra != b"\0\0\0":
        raise _Unusual
    return _HEADER.size


def _count(body: bytes, at: int) -> tuple[int, int]:
    (n,) = _COUNT.unpack_from(body, at)
    if n > len(body):
        raise Malformed(f"{n} values in {len(body)} bytes")
    return max(n, 0), at + 4


def _publication(body: bytes) -> Publication:
    at = _after_header(body, _PUBLISH)
    (subscription,) = struct.unpack_from("<I", body, at)
    retained, at = _count(body, at + 4)
    at += 4 * retained
    _, sequence, _, notifications = _RESULT.unpack_from(body, at)
    at += _RESULT.size
    made = Publication(subscription, sequence)
    for _ in range(max(notifications, 0)):
        kind, form, size = _EXTENSION.unpack_from(body, at)
        if kind != _CHANGES or form != 1:
            raise _Unusual
        at += _EXTENSION.size
        n, start = _count(body, at)
        columns, end = data_values(body, start, n, handles=True)
        if end > at + size:
            raise Malformed("a notification is longer than it says")
        made.changes.append(columns)
        at += size
    acks, at = _count(body, at)
    made.refused_acks = int(np.count_nonzero(np.frombuffer(body, "<u4", acks, at)))
    return made


def _by_asyncua(body: bytes) -> Publication:
    said = decoded(ua.PublishResponse, body).Parameters
    refused = sum(not status.is_good() for status in said.Results or ())
    made = Publication(said.SubscriptionId, said.NotificationMessage.SequenceNumber, refused_acks=refused)
    made.changes, made.ended = notifications(said.NotificationMessage.NotificationData or ())
    return made


def notifications(said: Sequence[object]) -> tuple[list[Columns], ua.StatusCode | None]:
    """Data changes, and the status that ends the subscription, of what asyncua decoded."""
    changes, ended = [], None
    for one in said:
        if isinstance(one, ua.DataChangeNotification):
            changes.append(columns_of([(item.ClientHandle, item.Value) for item in one.MonitoredItems]))
        elif isinstance(one, ua.StatusChangeNotification):
            ended = one.Status
    return changes, ended
