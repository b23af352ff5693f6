"""Tokens by which somebody who has logged in is known again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from itsdangerous import BadData, URLSafeSerializer

from .users import User

__all__ = ["LIFETIME", "Tokens"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a token names.

    Attributes:
        name: the user.
        generation: of their password.
        since: when they logged in, in seconds since 1970.
    """

    name: str
    generation: str
    since: float


LIFETIME: Final = 12 * 3600.0
"""Seconds for which a token holds."""
RENEWED: Final = 30 * 86_400.0
"""Seconds after a login for which its tokens can be had anew."""
_LONGEST: Final = 2_000


class Tokens:
    """Makes and reads tokens, signed with the server's secret.

    Args:
        secret: the server's.
        lifetime: seconds for which a token holds.
        clock: seconds since 1970. A clock that is set back makes tokens hold longer by as much, never
            less; one that is set forward ends them.
    """

    def __init__(
        self, secret: bytes, lifetime: float = LIFETIME, clock: Callable[[], float] = time.time
    ) -> None:
        self._signed = URLSafeSerializer(
            secret,
            salt="imlkit store token",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
        self.lifetime = lifetime
        self._clock = clock

    def issue(self, user: User, since: float | None = None) -> tuple[str, float]:
        """Return a token for a user, and until when it holds, in seconds since 1970.

        Args:
            user: the user.
            since: when they logged in; None for now.
        """
        now = self._clock()
        until = now + self.lifetime
        text = self._signed.dumps([user.name, user.generation, until, now if since is None else since])
        return (text if isinstance(text, str) else text.decode("ascii")), until

    def read(self, token: str) -> Holder | None:
        """Return whom a token names; None of one that does not hold."""
        if len(token) > _LONGEST:
            return None
        try:
            name, generation, until, since = self._signed.loads(token)
        except (BadData, ValueError, TypeError):
            return None
        return Holder(name, generation, since) if self._clock() < until else None

    def renewable(self, holder: Holder) -> bool:
        """Return whether somebody need not log in again to have another token."""
        return self._clock() < holder.since + RENEWED
