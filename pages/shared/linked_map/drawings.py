"""What browsers fetch of maps: bytes by fingerprint, the least used forgotten first."""

import threading
from collections import OrderedDict
from collections.abc import Callable

from textrec_core.limits import LIMITS


class Drawings:
    """Holds at most so many bytes, and always the latest two: what maps are of, and how they are painted."""

    def __init__(self, most: int = LIMITS.drawings_bytes) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._total = 0

    def hold(self, name: str, make: Callable[[], bytes]) -> None:
        """Keep what ``make`` makes under this name; it is made only where it is not held already."""
        if self.of(name) is not None:
            return
        made = make()
        with self._lock:
            self._total += len(made) - len(self._held.pop(name, b""))
            self._held[name] = made
            while self._total > self._most and len(self._held) > 2:
                self._total -= len(self._held.popitem(last=False)[1])

    def of(self, name: str) -> bytes | None:
        """What is held under this name."""
        with self._lock:
            if name in self._held:
                self._held.move_to_end(name)
            return self._held.get(name)
