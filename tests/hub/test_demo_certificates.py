"""`demo --lan`: its own certificate authority, which phones trust without risking any other site."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from hub.demo.certificates import certificates
from hub.demo.lan import open_door, terminal_code
from hub.opening import opening

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def shaken(cert: Path, key: Path, ca: Path, name: str) -> str:
    """What a client that trusts `ca` alone says of a server that claims to be `name`: "" when content."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    client = ssl.create_default_context(cafile=str(ca))
    near, far = socket.socketpair()

    def serve() -> None:
        try:
            server.wrap_socket(far, server_side=True).close()
        except (ssl.SSLError, OSError):
            far.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        client.wrap_socket(near, server_hostname=name).close()
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    finally:
        near.close()
        thread.join()
    return ""


def test_a_phone_that_trusts_the_authority_trusts_the_door_and_no_other_address(tmp_path: Path):
    files = certificates(tmp_path, "127.0.0.1")
    assert shaken(files.cert, files.key, files.ca, "127.0.0.1") == ""
    assert "IP address mismatch" in shaken(files.cert, files.key, files.ca, "127.0.0.2")
    cert = x509.load_pem_x509_certificate(files.cert.read_bytes())
    assert cert.not_valid_after_utc - cert.not_valid_before_utc <= timedelta(days=398)


def test_a_stolen_authority_vouches_for_no_other_site(tmp_path: Path):
    files = certificates(tmp_path, "127.0.0.1")
    key = load_pem_private_key((tmp_path / "ca.key").read_bytes(), None)
    ca = x509.load_pem_x509_certificate(files.ca.read_bytes())
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    forged = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bank.example")]))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("bank.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    from cryptography.hazmat.primitives.serialization import Encoding

    chain = tmp_path / "forged.crt"
    chain.write_bytes(forged.public_bytes(Encoding.PEM) + files.ca.read_bytes())
    assert "permitted subtree" in shaken(chain, tmp_path / "ca.key", files.ca, "bank.example")


def test_the_authority_is_kept_while_the_address_changes_and_only_its_owner_reads_it(tmp_path: Path):
    first = certificates(tmp_path, "192.168.1.20", NOW)
    second = certificates(tmp_path, "10.0.0.7", NOW + timedelta(days=90))
    assert first.fingerprint == second.fingerprint and len(first.fingerprint.split(":")) == 32
    sans = x509.load_pem_x509_certificate(second.cert.read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert [str(ip) for ip in sans.value.get_values_for_type(x509.IPAddress)] == ["10.0.0.7"]
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
    renewed = certificates(tmp_path, "10.0.0.7", NOW + timedelta(days=5 * 365))
    assert renewed.fingerprint != first.fingerprint


@pytest.mark.parametrize("address", ["8.8.8.8", "0.0.0.0", "2001:db8::1", "192.0.2.7", "fe80::1", "example"])
def test_a_demo_is_not_opened_to_the_internet(tmp_path: Path, address: str):
    with pytest.raises(ValueError):
        certificates(tmp_path, address)
    assert not list(tmp_path.iterdir())


def test_what_the_hub_is_told_of_its_door_is_what_was_made(tmp_path: Path):
    at = open_door(tmp_path, "127.0.0.1", 8443)
    assert opening(tmp_path / "lan" / "door.json") == at
    assert (at.url, at.door.ca) == ("https://127.0.0.1:8443", (tmp_path / "lan" / "ca.crt").read_bytes())
    (tmp_path / "no.json").write_text('{"bind": "127.0.0.1"}')
    with pytest.raises(ValueError, match="no door"):
        opening(tmp_path / "no.json")


def test_the_code_on_the_terminal_leads_to_the_phone_s_page(tmp_path: Path):
    """Read back from the drawn half blocks by an independent reader."""
    import zxingcpp
    from PIL import Image

    lines = terminal_code("https://192.168.1.20:8443/phone").rstrip("\n").split("\n")
    wide = max(len(line) for line in lines)
    picture = Image.new("L", (wide * 6, len(lines) * 12), 0)
    for row, line in enumerate(lines):
        for column, char in enumerate(line):
            for half, light in enumerate({"█": (1, 1), "▀": (1, 0), "▄": (0, 1)}.get(char, (0, 0))):
                if light:
                    picture.paste(
                        255, (column * 6, row * 12 + half * 6, column * 6 + 6, row * 12 + half * 6 + 6)
                    )
    assert zxingcpp.read_barcode(picture).text == "https://192.168.1.20:8443/phone"
