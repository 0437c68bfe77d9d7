"""The warm process: takes (function, arguments) from a pipe, sends progress and results back."""

import os
import resource
import sys
import threading
from multiprocessing.connection import Connection

from textrec_core.errors import DataError
from textrec_core.limits import LIMITS
from textrec_core.work.jobs import unforeseen


def serve(pipe: Connection) -> None:
    """Run one job after another until the other side hangs up."""
    while True:
        try:
            function, arguments = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            result = function(*arguments, on_progress=lambda share, words: pipe.send(("progress", share, words)))
            pipe.send(("done", result))
        except DataError as problem:
            pipe.send(("failed", problem))
        except BrokenPipeError:
            # The server is gone and nobody waits for the rest.
            return
        except MemoryError:
            pipe.send(
                ("failed", DataError("There was not enough memory for this.", "Try less data or a smaller rank."))
            )
        except Exception:
            pipe.send(("failed", unforeseen(function.__name__)))


def load_ahead() -> None:
    """Load the slow libraries and compile UMAP once, so that the first person need not wait for it."""
    import numpy as np
    import sklearn.decomposition
    import sklearn.feature_extraction.text  # noqa: F401

    from textrec_core.spaces.layout import LayoutParams, lay_out
    from textrec_core.spaces.space import Space

    blobs = np.random.default_rng(0).normal(size=(64, 8)).astype(np.float32)
    lay_out(Space("warm-up", blobs, "warm-up"), LayoutParams())


def main() -> None:
    """Give way to the server, stay inside the memory limit, serve."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (LIMITS.worker_bytes, LIMITS.worker_bytes))
    if os.environ.get("TEXTREC_WARM", "1") == "1":
        threading.Thread(target=load_ahead, daemon=True).start()
    serve(Connection(int(sys.argv[1])))


if __name__ == "__main__":
    main()
