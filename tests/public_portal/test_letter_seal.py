"""F-17: what a letter gives away is that it is one."""

import os

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from public_portal.letter_seal import LONGEST, SIZE, NotOpened, opened, public_half, sealed

KEY, OTHER = (X25519PrivateKey.generate().private_bytes_raw() for _ in range(2))
TO = public_half(KEY)


@given(st.binary(max_size=LONGEST))
def test_the_hub_reads_what_was_written_and_all_letters_are_alike_in_length(content: bytes) -> None:
    letter = sealed(content, TO)
    assert opened(letter, KEY) == content and len(letter) == SIZE
    assert sealed(content, TO) != letter, "two of the same are not known to be"
    if len(content) > 5:
        assert content not in letter


@settings(max_examples=300)
@given(at=st.integers(0, SIZE - 1), bit=st.integers(0, 7))
def test_one_bit_changed_anywhere_and_it_is_not_opened(at: int, bit: int) -> None:
    letter = bytearray(sealed(b"no water", TO))
    letter[at] ^= 1 << bit
    with pytest.raises(NotOpened):
        opened(bytes(letter), KEY)


@given(st.binary(max_size=2 * SIZE))
def test_rubbish_is_no_letter(rubbish: bytes) -> None:
    for one in (rubbish, b"WHL1" + rubbish, (b"WHL1" + rubbish * SIZE)[:SIZE]):
        with pytest.raises(NotOpened):
            opened(one, KEY)


def test_why_it_is_not_opened_is_named() -> None:
    letter = sealed(b"no water", TO)
    with pytest.raises(NotOpened, match="another_key"):
        opened(letter, OTHER)
    with pytest.raises(NotOpened, match="not_a_letter"):
        opened(letter[:-1], KEY)
    with pytest.raises(NotOpened, match="tampered"):
        opened(letter[:-1] + bytes([letter[-1] ^ 1]), KEY)
    zero = letter[:12] + bytes(32) + os.urandom(SIZE - 44)
    with pytest.raises(NotOpened, match="tampered"):
        opened(zero, KEY)


def test_what_is_too_long_is_not_cut() -> None:
    with pytest.raises(ValueError, match="a letter holds"):
        sealed(bytes(LONGEST + 1), TO)
