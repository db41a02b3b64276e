"""Modbus TCP in TLS; a serial line to libmodbus; several requests outstanding; nothing but reads."""

import asyncio
import contextlib
import datetime
import os
import ssl
import struct
import tty
from contextlib import asynccontextmanager

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from collectors.modbus.driver import ModbusSource
from collectors.modbus.spec import ModbusSpec
from tests.collectors.field import eventually, running, serving, tags
from tests.collectors.liar import Asked, frame, liar, registers
from tests.need import lack
from tests.servers.libmodbus_station import HEADER

END = datetime.datetime(2036, 1, 1, tzinfo=datetime.UTC)


def source(clock, points, unit=1, **fields) -> ModbusSource:
    spec = ModbusSpec.model_validate(
        {"type": "modbus", "id": "st", "period_s": 0.1, "timeout_s": 0.5}
        | {"units": [{"unit": unit, "points": points}]}
        | fields
    )
    return ModbusSource(spec, tags(p["tag"] for p in points), clock)


def certificate(folder, name, issuer=None):
    """(certificate, key) in PEM files; self-signed without an issuer."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signed_by, signing = issuer or (subject, key)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signed_by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(END)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .sign(signing, hashes.SHA256())
    )
    paths = folder / f"{name}.crt", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths, (subject, key)


@asynccontextmanager
async def tls_device(folder, authority):
    """Asks the hub for a certificate of the same authority."""
    (crt, key), _ = certificate(folder, "plc.example", authority[1])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt, key)
    context.load_verify_locations(authority[0][0])
    context.verify_mode = ssl.CERT_REQUIRED

    async def serve(reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            while True:
                transaction, _, _, *rest = struct.unpack(">HHHBBHH", await reader.readexactly(12))
                asked = Asked(transaction, *rest)
                writer.write(frame(asked, registers(asked)))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


WORD = [{"tag": "a", "address": 40, "type": "u16"}]


async def test_modbus_in_tls_with_certificates_on_both_sides(kept, clock, tmp_path):
    authority = certificate(tmp_path, "authority")
    (crt, key), _ = certificate(tmp_path, "hub.example", authority[1])
    tls = {"ca_file": authority[0][0], "certificate_file": crt, "key_file": key, "server_name": "plc.example"}
    async with tls_device(tmp_path, authority) as port:
        modbus = source(clock, WORD, host="127.0.0.1", port=port, tls=tls)
        async with running(modbus, kept):
            await eventually(lambda: len(kept.samples()) >= 3)
    assert {s.v for s in kept.samples()} == {40.0}
    assert modbus.facts.certificate_expires_ns == int(END.timestamp()) * 10**9


async def test_a_device_of_another_authority_or_name_is_not_believed(kept, clock, tmp_path):
    authority = certificate(tmp_path, "authority")
    stranger = certificate(tmp_path, "stranger")
    async with tls_device(tmp_path, authority) as port:
        for tls in (
            {"ca_file": stranger[0][0], "server_name": "plc.example"},
            {"ca_file": authority[0][0], "server_name": "other.example"},
        ):
            with pytest.raises(ConnectionError, match="certificate verify failed"):
                await source(clock, WORD, host="127.0.0.1", port=port, tls=tls).run(kept)
    assert {s.v for s in kept.samples()} == {None}


async def test_a_certificate_that_cannot_be_read_is_a_lost_connection_that_says_so(kept, clock, tmp_path):
    with pytest.raises(ConnectionError, match=r"tls: .*No such file"):
        await source(clock, WORD, host="127.0.0.1", port=1, tls={"ca_file": tmp_path / "none"}).run(kept)
    assert [s.v for s in kept.samples()] == [None]


@asynccontextmanager
async def null_modem():
    """Two pseudo-terminals, each the other's far end."""
    ends = [os.openpty(), os.openpty()]
    loop = asyncio.get_running_loop()
    for (ours, theirs), (other, _) in zip(ends, reversed(ends), strict=True):
        tty.setraw(theirs)
        loop.add_reader(ours, lambda ours=ours, other=other: os.write(other, os.read(ours, 1024)))
    try:
        yield [os.ttyname(theirs) for _, theirs in ends]
    finally:
        for ours, theirs in ends:
            loop.remove_reader(ours)
            os.close(ours)
            os.close(theirs)


async def test_libmodbus_on_a_serial_line_is_read(kept, clock):
    if not HEADER.exists():
        lack("libmodbus-dev is not installed")
    points = [{"tag": f"f{n}", "address": 2 * n, "type": "f32"} for n in range(60)] + [
        {"tag": "coil", "table": "coil", "address": 3, "type": "bool"},
        {"tag": "minus", "table": "input", "address": 5, "type": "i16"},
    ]
    async with null_modem() as (near, far), serving("libmodbus_station", far, 7) as station:
        modbus = source(clock, points, unit=7, serial={"device": near, "parity": "N"})
        async with running(modbus, kept):
            await eventually(lambda: kept.last("f59") and kept.last("coil") and kept.last("minus"))
            await station.tell("set 7 3 -2.5")
            await eventually(lambda: kept.last("f3").v == -2.5)
    assert (kept.last("f59").v, kept.last("coil").v, kept.last("minus").v) == (759, 1, -5)
    assert kept.bad() == []


@pytest.mark.parametrize(("max_parallel", "most"), [(1, 1), (4, 4)])
async def test_requests_outstanding_are_as_many_as_said_and_answered_in_any_order(
    kept, clock, max_parallel, most
):
    held, seen = [], []

    async def answer(asked, writer):
        held.append(frame(asked, registers(asked)))
        seen.append(len(held))
        if len(held) == most:
            writer.write(b"".join(reversed(held)))
            held.clear()

    points = [{"tag": f"t{n}", "address": 100 * n, "type": "u16"} for n in range(8)]
    async with liar(answer) as port:
        modbus = source(clock, points, host="127.0.0.1", port=port, max_parallel=max_parallel)
        async with running(modbus, kept):
            await eventually(lambda: len(kept.samples()) >= 32)
    assert {(s.tag, s.v) for s in kept.samples()} == {(f"t{n}", 100.0 * n) for n in range(8)}
    assert max(seen) == most
    assert modbus.facts.failures == {}


def test_pymodbus_is_refused_every_other_function_before_a_byte_leaves():
    from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, WriteSingleRegisterRequest

    from collectors.modbus.framed import only_reads

    fine = ReadHoldingRegistersRequest(address=1, count=1)
    assert only_reads(True, fine) is fine
    with pytest.raises(RuntimeError, match="function code 6 never leaves"):
        only_reads(True, WriteSingleRegisterRequest(address=1, registers=[1]))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "give either `host` or `serial`"),
        ({"host": "h", "serial": {"device": "/dev/ttyS0"}}, "give either `host` or `serial`"),
        (
            {"serial": {"device": "/dev/ttyS0"}, "framing": "tcp"},
            "a serial port has the framing rtu or ascii",
        ),
        ({"host": "h", "framing": "rtu", "max_parallel": 2}, "`tls` and `max_parallel` need `framing: tcp`"),
        ({"host": "h", "framing": "rtu", "unit": 0}, "unit 0 is the broadcast"),
    ],
)
def test_what_does_not_go_together_is_said(clock, fields, message):
    with pytest.raises(ValueError, match=message):
        source(clock, WORD, **fields)
