"""Who is there: argon2id passwords, opaque tokens, sessions kept on the server (OWASP ASVS 5.0 V6, V7).

The token is 256 random bits in a cookie that scripts cannot read; the ledger holds its SHA-256. A session
taken out of the ledger is refused at the next request, and its event stream ends within a second.
"""

import asyncio
import hashlib
import secrets
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from api.throttle import Throttle
from core.model.account import Role, Session, User
from core.model.flow_lock import FlowLock, Lockable
from core.model.ids import valid_id
from core.ports.clock import Clock
from core.ports.ledger import Ledger, Tx

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128
TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS = 5, 20
"""Failed sign-ins in a minute."""
SESSIONS_PER_USER = 32
NOTED_EVERY_S = 60
"""How exactly the ledger knows when a session was last used."""
_HASHES_AT_ONCE = 2
_KNOWN_PAIRS = 10_000


@dataclass(frozen=True, slots=True)
class Life:
    """How long a session lasts, real seconds: unused, and at all."""

    idle_s: float
    whole_s: float


_OFFICE, _SHIFT = Life(3600, 12 * 3600), Life(12 * 3600, 24 * 3600)
LIVES: dict[Role, Life] = {
    Role.HOTLINE: Life(900, 12 * 3600),
    Role.ADMIN: Life(900, 12 * 3600),
    Role.OPERATOR: _SHIFT,
    Role.DISPATCHER: _SHIFT,
    Role.CREW: _SHIFT,
    Role.DUTY_MANAGER: _SHIFT,
    Role.VIEWER: _OFFICE,
    Role.QUALITY_OFFICER: _OFFICE,
    Role.ENGINEER: _OFFICE,
    Role.REGULATOR: _OFFICE,
    Role.KIOSK: Life(30 * 86400, 365 * 86400),
}
"""A wall shows without anyone touching it; a desk lasts a shift; a door to personal data closes soon."""


class SignInRefused(Exception):
    """The user or the password is wrong; nobody is told which."""


class TooManyTries(Exception):
    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"try again in {retry_after_s:.0f} s")
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class SignedIn:
    session: Session
    user: User


def session_id(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _of_no_password(like: PasswordHasher) -> str:
    """A hash that no password is known to have: to compare with it takes as long as with a person's, and to
    make it takes no time."""
    salt, digest = (
        b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (like.salt_len, like.hash_len)
    )
    cost = f"m={like.memory_cost},t={like.time_cost},p={like.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


class Sessions:
    """Sign-in, and who a token belongs to. wall_ns: the host's UTC, ns; sessions last real hours, however
    fast the plant's time runs."""

    def __init__(self, ledger: Ledger, clock: Clock, wall_ns: Callable[[], int]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._wall_ns = wall_ns
        self._hasher = PasswordHasher()
        self._nobody = _of_no_password(self._hasher)
        self._hashing = asyncio.Semaphore(_HASHES_AT_ONCE)
        self._accounts = Throttle(TRIES_PER_ACCOUNT)
        self._addresses = Throttle(TRIES_PER_ADDRESS)
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def sign_in(self, name: str, password: str, address: str) -> tuple[str, User]:
        """A fresh token and whose it is. Raises SignInRefused or TooManyTries.

        Whoever fails from elsewhere cannot lock a person out: an address from which an account has signed
        in before has tries of its own.
        """
        key = f"{name}\0{address}" if (name, address) in self._known else name
        now = self._clock.monotonic()
        wait_s = max(self._accounts.wait_s(key, now), self._addresses.wait_s(address, now))
        if wait_s:
            raise TooManyTries(wait_s)
        self._accounts.take(key, now)
        self._addresses.take(address, now)
        user = await self._verified(name, password)
        self._accounts.forgive(key, now)
        self._addresses.forgive(address, now)
        self._remember(name, address)
        return await self._start(user), user

    async def _verified(self, name: str, password: str) -> User:
        """Takes as long for a name that nobody has."""
        async with self._ledger.read() as tx:
            user = await tx.get(User, name) if valid_id(name) else None
            disabled = await tx.get(FlowLock, f"{Lockable.USER}:{name}") is not None
        async with self._hashing:
            right = await asyncio.to_thread(self._matches, user, password)
        if user is None or not right or disabled:
            raise SignInRefused
        return user

    def _matches(self, user: User | None, password: str) -> bool:
        try:
            return self._hasher.verify(user.password_hash if user else self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False

    def _remember(self, name: str, address: str) -> None:
        self._known[name, address] = None
        self._known.move_to_end((name, address))
        while len(self._known) > _KNOWN_PAIRS:
            self._known.popitem(last=False)

    async def _start(self, user: User) -> str:
        token, now = secrets.token_urlsafe(32), self._wall_ns()
        fresh = Session(id=session_id(token), user=user.id, started_ns=now, seen_ns=now)
        async with self._ledger.begin() as tx:
            standing = sorted(await tx.find(Session, user=user.id), key=lambda s: -s.seen_ns)
            for n, old in enumerate(standing):
                if n >= SESSIONS_PER_USER - 1 or not _alive(old, user, now):
                    await tx.delete(Session, old.id)
            await tx.put(fresh)
        return token

    async def who(self, token: str) -> SignedIn | None:
        """Whose token it is, if it still holds; notes that it was used."""
        found = (await self.standing([session_id(token)])).get(session_id(token))
        now = self._wall_ns()
        if found and now - found.session.seen_ns > NOTED_EVERY_S * 1_000_000_000:
            async with self._ledger.begin() as tx:
                if session := await tx.get(Session, found.session.id):
                    await tx.put(replace(session, seen_ns=now))
        return found

    async def standing(self, ids: Collection[str]) -> dict[str, SignedIn]:
        """Those of the sessions that still hold."""
        async with self._ledger.read() as tx:
            sessions = await tx.find(Session, id=tuple(ids))
            users = {u.id: u for u in await tx.find(User, id=tuple({s.user for s in sessions}))}
        now = self._wall_ns()
        return {
            session.id: SignedIn(session, user)
            for session in sessions
            if (user := users.get(session.user)) and _alive(session, user, now)
        }

    async def sign_out(self, token: str) -> None:
        async with self._ledger.begin() as tx:
            await tx.delete(Session, session_id(token))


def _alive(session: Session, user: User, now_ns: int) -> bool:
    life = LIVES[user.role]
    return (now_ns - session.seen_ns) < life.idle_s * 1e9 and (
        now_ns - session.started_ns
    ) < life.whole_s * 1e9


async def create_user(
    tx: Tx, name: str, role: Role, password: str, *, crew: str | None = None, must_change: bool = False
) -> User:
    """Raises ValueError for a name that is no id or is taken, or a password too short or too long."""
    if not valid_id(name):
        raise ValueError(f"{name!r} may not name a user: letters, digits and . _ : - only, 128 at most")
    _fit(password)
    user = User(
        id=name,
        role=role,
        password_hash=await asyncio.to_thread(PasswordHasher().hash, password),
        crew=crew,
        must_change=must_change,
    )
    if not await tx.insert(user):
        raise ValueError(f"there is a user {name!r} already")
    return user


async def change_password(tx: Tx, user: User, password: str) -> User:
    """Sets it, and ends every session of the user. Raises ValueError as `create_user`."""
    _fit(password)
    hashed = await asyncio.to_thread(PasswordHasher().hash, password)
    changed = replace(user, password_hash=hashed, must_change=False)
    await tx.put(changed)
    await revoke(tx, user.id)
    return changed


async def revoke(tx: Tx, name: str) -> int:
    """Ends every session of a user; how many."""
    sessions = await tx.find(Session, user=name)
    for session in sessions:
        await tx.delete(Session, session.id)
    return len(sessions)


def _fit(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise ValueError(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
