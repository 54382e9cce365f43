"""Keeping who was asked apart from what was answered.

Each wave has two keys, in files outside the databases and their backups, sealed under the operator's. The contact key
seals names and addresses. The link key makes, from a person's pseudonym, the `ticket` that finds their response, and
from their household's the token that those who live together share. Both are sealed under each code that is issued and
under the link key, so that only someone with the code in hand leads from one database to the other; and the code itself
is kept nowhere, only a digest. What is answered is sealed under the link key too, until the cut. The cut destroys it,
and so all that it sealed, in every backup.

AES-256-GCM (NIST SP 800-38D) from `cryptography`; HMAC-SHA256 (RFC 2104) and HKDF (RFC 5869) for what is derived.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES, NONCE_BYTES, TICKET_BYTES = 32, 12, 32
# Crockford's letters: none that is taken for another. 17 of them carry 85 bits; the last one checks the others.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LETTERS, A_GROUP = 18, 6
OF_A_CODE = "link of a code"


class CannotOpen(Exception):
    """Sealed under another key, for another purpose, or changed since."""


def new_key() -> bytes:
    """A random key of 256 bits."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, content: bytes, purpose: str) -> bytes:
    """Content that only the key opens, and only for this purpose."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, purpose.encode())


def unseal(key: bytes, sealed: bytes, purpose: str) -> bytes:
    """What was sealed. Raises CannotOpen."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
    except InvalidTag as error:
        raise CannotOpen(purpose) from error


@dataclass(frozen=True)
class Link:
    """What leads to a response: the ticket of a person, and the token their household shares. In hexadecimal."""

    ticket: str
    household: str


def link_of(link_key: bytes, pseudonym: str, household: str) -> Link:
    """The same for the same person each time a code is issued, so that any of their codes leads to one response."""
    return Link(_derived(link_key, "ticket", pseudonym), _derived(link_key, "household", household or pseudonym))


def _derived(key: bytes, purpose: str, text: str) -> str:
    return hmac.new(key, f"{purpose}\0{text}".encode(), sha256).hexdigest()


def new_code() -> str:
    """A code of 85 random bits and a letter that finds typing errors, as K7QF9M-2MXR4T-0HJ3WB."""
    letters = "".join(secrets.choice(LETTERS) for _at in range(CODE_LETTERS - 1))
    return grouped(letters + _check_letter(letters))


def grouped(letters: str) -> str:
    """The code as it is printed."""
    return "-".join(letters[at : at + A_GROUP] for at in range(0, len(letters), A_GROUP))


def tidy_code(typed: str) -> str | None:
    """A code as typed, without spaces and with letters that look alike put right; None where it cannot be one."""
    same = str.maketrans({"O": "0", "I": "1", "L": "1"})
    letters = "".join(one for one in typed.upper().translate(same) if one.isalnum())
    if len(letters) != CODE_LETTERS or any(one not in LETTERS for one in letters):
        return None
    return grouped(letters) if letters[-1] == _check_letter(letters[:-1]) else None


def _check_letter(letters: str) -> str:
    """Finds every single wrong letter and every swap of two neighbours but one (Luhn's algorithm modulo 32)."""
    total = 0
    for at, letter in enumerate(reversed(letters)):
        value = LETTERS.index(letter) * (2 if at % 2 == 0 else 1)
        total += value // 32 + value % 32
    return LETTERS[-total % 32]


def code_digest(key: bytes, salt: bytes, code: str) -> str:
    """What is kept of a code, in hexadecimal. 85 random bits cannot be tried through, so one quick round is enough.

    key: the wave's link key, without which nobody can tell which row a code in hand belongs to.
    """
    return under_key(key, hmac.new(salt, code.encode(), sha256).hexdigest())


def under_key(key: bytes, digest: str) -> str:
    """A salted digest of a code, made over with the wave's link key."""
    return _derived(key, "code", digest)


def seal_link(key: bytes, code: str, salt: bytes, link: Link) -> bytes:
    """The link, opened by the code and the wave's link key together."""
    return seal(key, seal(_key_of(code, salt), bytes.fromhex(link.ticket + link.household), "link"), OF_A_CODE)


def open_link(key: bytes, code: str, salt: bytes, sealed: bytes) -> Link:
    """The link that a code opens, with the wave's link key. Raises CannotOpen."""
    opened = unseal(_key_of(code, salt), unseal(key, sealed, OF_A_CODE), "link").hex()
    return Link(opened[: 2 * TICKET_BYTES], opened[2 * TICKET_BYTES :])


def answers_key(key: bytes) -> bytes:
    """What answers are sealed under while a wave is open, from its link key."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"kvarter answers").derive(key)


def _key_of(code: str, salt: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=salt, info=b"kvarter code").derive(code.encode())
