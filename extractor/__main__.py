"""The console script `extract`, quick to start and to end.

Of a command that takes half a second a fifth would go into collecting garbage while modules are
imported, and into freeing every object at the end: both are left out.
"""

import contextlib
import gc
import os
import sys


def run() -> None:
    """Run the command and end the process with its exit status."""
    # The processes that we start must not take modules from the working directory, which may be a
    # stranger's: `python -c` and `python -m` would look there first.
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    gc.set_threshold(100_000, 20, 100)  # what imports make stays: collect rarely
    from extractor.cli import main

    status = main()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    # Where a model was asked the interpreter ends in the ordinary way, which closes connections and
    # cache; but not after Daft, whose threads may then abort the process (seen with 0.7.26).
    if "openai" in sys.modules and "daft" not in sys.modules:
        sys.exit(status)
    os._exit(status)


if __name__ == "__main__":
    run()
