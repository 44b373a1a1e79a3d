"""The console script: the command, without what a run of half a second need not pay for.

Collecting garbage while importing, and freeing every object at the end, are a fifth of it.
"""

import contextlib
import gc
import os
import sys


def run() -> None:
    """Run the command and end the process with its exit status."""
    gc.set_threshold(100_000, 20, 100)  # what importing makes stays; collected rarely
    from extractor.cli import main

    status = main()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    # A model's connections and the cache are closed in the ordinary way; but the threads of Daft
    # may abort the process while the interpreter is taken down (seen with 0.7.26).
    if "openai" in sys.modules and "daft" not in sys.modules:
        sys.exit(status)
    os._exit(status)


if __name__ == "__main__":
    run()
