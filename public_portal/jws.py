"""Detached signatures that anybody can check with a JOSE library: compact JWS (RFC 7515, appendix F), EdDSA
with Ed25519 (RFC 8037). The payload travels beside it, as it is."""

import base64
import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class NotOurs(ValueError):
    """The signature does not belong to this content and key."""


def detached(content: bytes, signing_key: bytes, public_key: bytes) -> str:
    """`header..signature`. Keys: 32 raw bytes."""
    header = {"alg": "EdDSA", "kid": thumbprint(public_key)}
    head = base64url(json.dumps(header, separators=(",", ":")).encode())
    signed = Ed25519PrivateKey.from_private_bytes(signing_key).sign(_input(head, content))
    return f"{head}..{base64url(signed)}"


def check(content: bytes, jws: str, public_key: bytes) -> None:
    """Raises NotOurs."""
    head, empty, signed = [*jws.strip().split("."), "", "", ""][:3]
    try:
        algorithm = json.loads(unbase64url(head)).get("alg")
        if empty or algorithm != "EdDSA":
            raise NotOurs(f"not a detached EdDSA signature (alg {algorithm})")
        Ed25519PublicKey.from_public_bytes(public_key).verify(unbase64url(signed), _input(head, content))
    except InvalidSignature as error:
        raise NotOurs("the signature does not hold for this content") from error
    except (ValueError, AttributeError) as error:
        raise NotOurs(f"not a signature: {error}") from error


def jwk(public_key: bytes) -> dict[str, str]:
    """The public key as RFC 8037 writes it."""
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": base64url(public_key),
        "kid": thumbprint(public_key),
        "use": "sig",
        "alg": "EdDSA",
    }


def thumbprint(public_key: bytes) -> str:
    """RFC 7638 with the members of RFC 8037, section 2."""
    members = {"crv": "Ed25519", "kty": "OKP", "x": base64url(public_key)}
    return base64url(hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest())


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def unbase64url(text: str) -> bytes:
    """Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _input(head: str, content: bytes) -> bytes:
    return f"{head}.{base64url(content)}".encode()
