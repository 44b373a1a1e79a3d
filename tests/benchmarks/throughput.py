"""Articles a second and CPU an article of a run that asks a model, against a stub.

    python tests/benchmarks/throughput.py [--articles 600] [--coverage FOLDER] [--jobs 2]

Three cases: answers after 200 ms with 10 requests at a time (50 a second are possible), after
500 ms with 100 at a time, and at once, which is what the CPU alone allows. Without --coverage the
articles are a title and one quotation each; finding and grounding are included, and grow with them.
"""

import argparse
import asyncio
import multiprocessing
import os
import sys
import tempfile
from multiprocessing.queues import Queue
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.asking import settings_for
from tests.coverage_made import RIGHT, go, make_coverage
from tests.stub_server import answers

CASES = ((0.2, 10), (0.5, 100), (0.0, 100))  # seconds that an answer takes, requests at a time


def serve(ports: "Queue[int]", delay: float) -> None:
    """Answer every request after `delay` seconds; cheaper than the tests' own stub."""
    body = answers(RIGHT).body
    head = (
        f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                asked = await reader.readuntil(b"\r\n\r\n")
                length = asked.lower().split(b"content-length:")[1].split(b"\r\n")[0]
                await reader.readexactly(int(length))
                await asyncio.sleep(delay)
                writer.write(head.encode() + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def measure(delay: float, places: int, given: argparse.Namespace) -> str:
    """Run once and return a line of the table."""
    ports: Queue[int] = multiprocessing.Queue()
    stub = multiprocessing.Process(target=serve, args=(ports, delay), daemon=True)
    stub.start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        coverage = given.coverage or make_coverage(folder / "in", given.articles)
        settings = settings_for(
            f"http://127.0.0.1:{ports.get()}/v1",
            concurrency=places,
            no_cache=False,
            cache_dir=folder / "cache",
        )
        before = os.times()
        outcome, _ = go([coverage], folder / "out", settings, jobs=given.jobs, limit=given.articles)
        after = os.times()
    stub.kill()
    done = outcome.tally.done
    cpu = sum(after[:4]) - sum(before[:4])
    return (
        f"{delay * 1000:>6.0f} ms{places:>8}{done:>10}{done / outcome.seconds:>10.1f}"
        f"{cpu / max(1, done) * 1000:>14.1f} ms"
    )


def main() -> int:
    """Measure the cases, each in a process of its own so that CPU is counted apart."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--coverage", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    import extractor.answer.model  # noqa: F401 - imported once, as for a run of many hours

    print(" answer  at once  articles  a second   CPU an article")
    for delay, places in CASES:
        print(measure(delay, places, given), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
