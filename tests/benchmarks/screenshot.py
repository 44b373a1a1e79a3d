"""The README's picture of the review page: the two articles of the tests, a few decisions taken.

    python -m tests.benchmarks.screenshot [--output tests/benchmarks/review.webp] [--dark]

Makes a run into a folder of its own, serves it, and has a headless Chromium look at it.
"""

import argparse
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import uvicorn

from extractor.review.decide.decisions import decide
from extractor.review.desk import Desk
from extractor.review.queue import Filter, page
from extractor.review.server.app import make_app
from extractor.review.server.guard import Access
from extractor.review.server.responses import ServerConfig
from extractor.review.sync.sync import sync
from extractor.settings import Settings
from tests.support.browser import Browser, find_chromium

ROOT = Path(__file__).resolve().parents[2]
SHOWN = "document.querySelector('.hl.on') && !document.querySelector('html.waiting')"
CHOSEN = "thank you"  # the quotation of a speaker whom another one quotes


def main() -> None:
    """Write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("review.webp"))
    parser.add_argument("--dark", action="store_true")
    told = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        sys.exit("no Chromium on this machine (apt-get install chromium)")
    with tempfile.TemporaryDirectory() as room, Browser(chromium) as browser:
        folder = Path(room) / "sheets"
        articles = str(ROOT / "tests" / "articles")
        command = [sys.executable, "-m", "extractor", "--schema", "release_event"]
        subprocess.run([*command, articles, "-o", f"{folder}/", "--quiet"], check=True)
        chosen = _decide(folder)
        access = Access()
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            app = make_app(ServerConfig(folder, access, "Ada", Settings()))
            server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
            query = f"kind=quotes&status=all&claim={chosen}"
            browser.look(1280, 800, told.dark)
            browser.visit(f"{address}?token={access.token}&{query}", SHOWN)
            browser.evaluate("document.querySelector('.brand bdi').textContent = 'sheets/'")
            browser.screenshot(told.output)
            server.should_exit = True
            thread.join(20)
    print(f"{told.output}: {told.output.stat().st_size:,} bytes")


def _decide(folder: Path) -> str:
    """Take a few decisions; return the claim to show."""
    with Desk(folder) as desk:
        sync(desk)
        quotes = page(desk, Filter(kind="quotes")).claims
        chosen = next(one for one in quotes if (one.text or "").startswith(CHOSEN))
        others = [one for one in quotes if one.id != chosen.id]
        for number, claim in enumerate(others[:9]):
            reject = number == 2
            decide(
                desk,
                claim.id,
                reviewer="Ada",
                action="reject" if reject else "accept",
                seen=claim.version,
                reason="wrong_span" if reject else None,
            )
        return chosen.id


if __name__ == "__main__":
    main()
