"""A key press on the review page: what the browser waits for, of one or several builds in one run.

    python -m tests.benchmarks.speed.key_press [BUILD ...] [--presses 100]

A build is a checkout; without any it is this one. Of each the command `extract review` is started
on the same articles, and over one kept connection the requests are sent that the keys make: `j`
(show the next claim) and `a` (accept, then show the next). The builds take turns, so that both meet
the same machine. Printed are medians, and their ratio to the first build's.
"""

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.benchmarks.tables import markdown

ROOT = Path(__file__).resolve().parents[3]


class Page:
    """The review page of one build, as a browser with one connection has it."""

    def __init__(self, link: str) -> None:
        address, _, token = link.partition("?token=")
        host = address.split("/")[2]
        self._wire = http.client.HTTPConnection(host)
        self._headers = {"origin": f"http://{host}", "sec-fetch-site": "same-origin"}
        self._wire.request("GET", f"/?token={token}")
        opened = self._wire.getresponse()
        opened.read()
        self._headers["cookie"] = opened.headers["set-cookie"].split(";")[0]
        self.claims = re.findall(r'id="r-([0-9a-f]{16})"', self._ask("GET", "/rows")["html"])

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, str]:
        data = None if body is None else json.dumps(body).encode()
        headers = {**self._headers, "content-type": "application/json"} if data else self._headers
        self._wire.request(method, path, data, headers)
        answer = self._wire.getresponse()
        got = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{method} {path}: {answer.status} {got[:200]!r}")
        return dict(json.loads(got))

    def show(self, claim: str) -> None:
        """Press `j`: the next claim is shown."""
        self._ask("GET", f"/claims/{claim}")

    def accept(self, claim: str) -> None:
        """Press `a`: the claim is accepted, as it was seen."""
        seen = self._ask("GET", f"/claims/{claim}")["version"]
        self._ask("POST", f"/claims/{claim}/decision", {"action": "accept", "seen": seen})

    def close(self) -> None:
        """Leave."""
        self._wire.close()


@contextmanager
def opened(build: Path, home: Path) -> Iterator[Page]:
    """Run a build over the shipped articles, serve its review, and open the page."""
    environment = {**os.environ, "PYTHONPATH": str(build)}
    environment |= {"XDG_CONFIG_HOME": str(home / "config"), "XDG_CACHE_HOME": str(home / "cache")}
    extract = [sys.executable, "-m", "extractor"]
    articles = str(ROOT / "tests/articles")
    run = ["--schema", "release_event", "-q", "-f", "jsonl", articles, "-o", f"{home}/out/"]
    subprocess.run([*extract, *run], check=True, env=environment, cwd=home)
    serve = [*extract, "review", str(home / "out"), "--no-browser", "--port", "0"]
    with subprocess.Popen(serve, env=environment, cwd=home, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        page = Page(server.stdout.readline().decode().split()[-1])
        yield page
        page.close()
        server.terminate()


def press(page: Page, number: int) -> dict[str, float]:
    """Press each key once; return what it took, in seconds."""
    claim = page.claims[number % len(page.claims)]
    took = {}
    for key, pressed in (("j", page.show), ("a", page.accept)):
        began = time.perf_counter()
        pressed(claim)
        took[key] = time.perf_counter() - began
    return took


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("builds", nargs="*", type=Path, default=[ROOT], metavar="BUILD")
    parser.add_argument("--presses", type=int, default=100)
    given = parser.parse_args()
    took: dict[tuple[Path, str], list[float]] = {}
    with ExitStack() as stack:
        pages = {}
        for build in given.builds:
            home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            pages[build] = stack.enter_context(opened(build.resolve(), home))
        for number in range(given.presses):
            for build, page in pages.items():
                for key, seconds in press(page, number).items():
                    took.setdefault((build, key), []).append(seconds)
    rows = []
    for (build, key), each in took.items():
        median = statistics.median(each)
        first = statistics.median(took[given.builds[0], key])
        rows.append((str(build), key, f"{median * 1000:.1f}", f"{median / first:.2f}"))
    print(markdown(("build", "key", "median, ms", "ratio"), rows))


if __name__ == "__main__":
    main()
