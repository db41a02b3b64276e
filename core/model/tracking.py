"""The number by which a person follows what came of a report, without signing in (WO-28).

28 characters of Crockford's alphabet (no i, l, o, u), 140 random bits: it can be read out in seven groups of
four, and not be found by trying. What is published of it is its SHA-256, from which nobody gets it back.
"""

import secrets
from hashlib import sha256

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH, GROUP = 28, 4
_MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None, " ": None})


def fresh_token() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def token_of(given: str) -> str | None:
    """As it was issued, of what somebody typed: hyphens, spaces, capitals and the letters that look like
    digits are forgiven. None for what cannot be one."""
    plain = given.strip().lower()[: 2 * LENGTH].translate(_MISREAD)
    return plain if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else None


def spoken(token: str) -> str:
    """In groups, to be read out."""
    return "-".join(token[at : at + GROUP] for at in range(0, len(token), GROUP))


def key_of(token: str) -> str:
    """Under which the public snapshot tells of it: SHA-256, hexadecimal."""
    return sha256(token.encode()).hexdigest()
