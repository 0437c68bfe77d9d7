"""Work for the worker of a test."""

import threading
from collections.abc import Callable


def linger(on_progress: Callable[[float, str], None]) -> None:
    """Never done; ends only when its process is killed."""
    threading.Event().wait()
