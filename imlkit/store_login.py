"""Who the person of a page is at a store's server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

__all__ = ["State", "StoreLogin"]

State = Literal["open", "ended", "left"]


class StoreLogin:
    """A login at a store's server. The pages of one browser share it, and it outlives its tokens.

    What its pages open at the server is open until the last of them is closed, and whatever training goes on.

    May be used from any thread.

    Args:
        address: the server's, in the spelling that all stores there share.
        name: the user.
        role: what they may do there.
        token: by which the server knows them for now.
        until: when that ends, in seconds since 1970; None where nobody knows.
        again: the address of the page where one logs in again.
        out: the address of the page where one logs out.
    """

    def __init__(
        self,
        address: str,
        name: str,
        role: str,
        token: str,
        until: float | None = None,
        again: str = "",
        out: str = "",
    ) -> None:
        self.address = address
        self.name = name
        self.role = role
        self.again = again
        self.out = out
        self._token = token
        self._until = until
        self._state: State = "open"
        self._uses = 0
        self._watching: list[Callable[[], object]] = []
        self._lock = threading.Lock()

    @property
    def token(self) -> str:
        """What requests to the server carry; empty once the person has logged out."""
        return self._token

    @property
    def until(self) -> float | None:
        """When the token ends, in seconds since 1970; None where nobody knows."""
        return self._until

    @property
    def state(self) -> State:
        """Whether the login holds, has ended by itself, or was left by logging out."""
        return self._state

    @property
    def in_use(self) -> bool:
        """Whether a page is open with it, or a training goes on that one began."""
        return self._uses > 0

    def take(self, token: str, until: float | None) -> None:
        """Go on with another token. One who has logged out stays so."""
        with self._lock:
            if self._state == "left":
                return
            self._token, self._until, self._state = token, until, "open"
        self._tell()

    def refused(self, token: str) -> bool:
        """Learn that the server refused a token; return whether there is another one by now."""
        with self._lock:
            if self._state != "open" or token != self._token:
                return self._state == "open"
            self._state = "ended"
        self._tell()
        return False

    def leave(self) -> None:
        """Log out: nothing is asked of the server in this person's name any more."""
        with self._lock:
            self._token, self._state = "", "left"
        self._tell()

    def watch(self, action: Callable[[], object]) -> Callable[[], None]:
        """Call an action whenever the state may have changed or the last use ended; return what ends that."""
        with self._lock:
            self._watching.append(action)

        def end() -> None:
            with self._lock:
                if action in self._watching:
                    self._watching.remove(action)

        return end

    def use(self) -> Callable[[], None]:
        """Count one more page or training that uses it; return what ends that use."""
        with self._lock:
            self._uses += 1
        uses = [True]

        def end() -> None:
            with self._lock:
                self._uses -= len(uses)
                uses.clear()
                unused = not self._uses
            if unused:
                self._tell()

        return end

    def _tell(self) -> None:
        with self._lock:
            watching = list(self._watching)
        for action in watching:
            action()
