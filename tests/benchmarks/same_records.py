"""Whether two checkouts give the same records.

    python -m tests.benchmarks.same_records OLD NEW

Both builds are run as commands, so it does not matter how their modules are called. Compared are
the JSON lines that `extract` prints, byte for byte but for the seconds it took:

* with the rules, for every article of `--articles` (JSON lines with a "text") and every shipped
  article, by every shipped schema;
* with a model, for every recorded answer in cassettes/: a server on this machine plays what was
  recorded to whoever asks the same question, and refuses any other.

Prints one line a comparison, then every record that differs, and ends with 1 if any does.
`--texts FOLDER` compares a folder of text files instead of `--articles`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "tests" / "articles"


def command_of(checkout: Path) -> list[str]:
    """Return how the command of a checkout is started with this Python."""
    module = (
        "extractor" if (checkout / "extractor" / "__main__.py").exists() else "extractor.launch"
    )
    return [sys.executable, "-m", module]


def lines_of(
    checkout: Path,
    schema: str,
    files: list[Path],
    options: list[str],
    work: Path,
    **variables: str,
) -> list[bytes]:
    """Return what a checkout's `extract` writes for these files, a line an article."""
    out = work / "out.jsonl"
    out.unlink(missing_ok=True)
    words = [*command_of(checkout), "--schema", schema, "--format", "jsonl", "-o", str(out), "-q"]
    kept = {"PATH": os.environ["PATH"], "HOME": str(work), "PYTHONPATH": str(checkout), **variables}
    # Run in an empty folder: an extract.toml or schemas/ of whoever compares must not count.
    subprocess.run(
        [*words, *options, *map(str, files)], cwd=work, env=kept, check=True, timeout=3600
    )
    return [_without_time(line) for line in out.read_bytes().splitlines()]


def _without_time(line: bytes) -> bytes:
    """Return a record's line without the seconds that it took."""
    data = json.loads(line)
    data["usage"].pop("seconds")
    return json.dumps(data, ensure_ascii=False).encode()


def schemas_of(checkout: Path) -> list[str]:
    """Return the names of the schemas that a checkout ships."""
    return sorted(path.stem for path in (checkout / "schemas").glob("[a-z]*.py"))


def write_texts(articles: Path, limit: int | None, folder: Path) -> list[Path]:
    """Write the texts of a JSON lines file as files; return them and the shipped articles."""
    files = []
    with articles.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if limit is not None and number >= limit:
                break
            path = folder / f"a{number:05}.txt"
            path.write_text(json.loads(line)["text"], encoding="utf-8")
            files.append(path)
    return files


@contextmanager
def playing(cassette: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve a cassette's answers on this machine; give the base URL and what was asked besides."""
    answers: dict[str, list[Any]] = defaultdict(list)
    for interaction in yaml.safe_load(cassette.read_text(encoding="utf-8"))["interactions"]:
        asked = _canonical(interaction["request"]["body"]["json"])
        answers[asked].append(interaction["response"]["body"]["json"])
    unknown: list[str] = []

    class Player(BaseHTTPRequestHandler):
        """Answers a question that was recorded; 404 for any other."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            known = answers.get(_canonical(json.loads(body)))
            if not known:
                unknown.append(body.decode()[:200])
            status = 200 if known else 404
            answer = json.dumps(known.pop(0) if known else {"error": {"message": "not recorded"}})
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing: what was not recorded is told at the end."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Player)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", unknown
    finally:
        server.shutdown()
        server.server_close()


def _canonical(body: Any) -> str:
    return json.dumps(body, sort_keys=True, ensure_ascii=False)


def recorded_lines(checkout: Path, cassette: Path, work: Path) -> list[bytes]:
    """Return what a checkout makes of a cassette's answers."""
    article, _, plan = cassette.stem.rpartition("-")
    first = yaml.safe_load(cassette.read_text(encoding="utf-8"))["interactions"][0]
    patient = {"EXTRACT_DEADLINE": "600", "EXTRACT_RETRIES": "0", "OPENAI_API_KEY": "none"}
    with playing(cassette) as (url, unknown):
        options = ["--model", first["request"]["body"]["json"]["model"], "--base-url", url]
        options += ["--plan", plan, "--max-output-tokens", "2500", "--max-concurrency", "1"]
        options += ["--no-cache"]
        files = [SHIPPED / f"{article}.txt"]
        lines = lines_of(checkout, "release_event", files, options, work, **patient)
    if unknown:
        sys.exit(f"{checkout}: asks what {cassette.name} does not hold: {unknown[0]}")
    return lines


def differences(name: str, old: list[bytes], new: list[bytes]) -> Iterator[str]:
    """Yield what is not the same in two builds' records, a text an article."""
    for number, (one, other) in enumerate(zip_longest(old, new)):
        if one == other:
            continue
        if one is None or other is None:
            yield f"{name}, article {number}: only one build has a record"
            continue
        a, b = json.loads(one), json.loads(other)
        for key in a.keys() | b.keys():
            if a.get(key) != b.get(key):
                yield from _told(
                    f"{name} {Path(a['article']['source']).name} {key}", a[key], b[key]
                )


def _told(path: str, old: Any, new: Any) -> Iterator[str]:
    """Yield where two values of JSON differ, as deep as they do."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            if old.get(key) != new.get(key):
                yield from _told(f"{path}.{key}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            if one != other:
                yield from _told(f"{path}[{number}]", one, other)
    else:
        before, after = (json.dumps(value, ensure_ascii=False) for value in (old, new))
        yield f"{path}:\n  - {before}\n  + {after}"


def compare(name: str, old: list[bytes], new: list[bytes]) -> list[str]:
    """Print how many records are the same; return what differs."""
    same = sum(one == other for one, other in zip_longest(old, new))
    print(f"{name}: {same} of {max(len(old), len(new))} records the same", flush=True)
    return list(differences(name, old, new))


def main() -> None:
    """Compare, tell, and end with 1 where a record differs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--articles", type=Path, help="JSON lines with the articles' texts")
    parser.add_argument("--texts", type=Path, help="a folder of .txt files instead")
    parser.add_argument("--limit", type=int, help="so many of the articles")
    parser.add_argument("--schemas", nargs="*", help="by default all that OLD ships")
    parser.add_argument("--no-recorded", action="store_true", help="the rules alone")
    arguments = parser.parse_args()
    old, new = arguments.old.resolve(), arguments.new.resolve()
    told: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        texts = work / "texts"
        texts.mkdir()
        files = sorted(SHIPPED.glob("*.txt"))
        if arguments.articles:
            files += write_texts(arguments.articles, arguments.limit, texts)
        if arguments.texts:
            files += sorted(arguments.texts.glob("*.txt"))[: arguments.limit]
        for schema in arguments.schemas or schemas_of(old):
            both = [lines_of(build, schema, files, [], work) for build in (old, new)]
            told += compare(f"rules, {schema}", *both)
        cassettes = [] if arguments.no_recorded else sorted((ROOT / "cassettes").glob("*.yaml"))
        for cassette in cassettes:
            both = [recorded_lines(build, cassette, work) for build in (old, new)]
            told += compare(f"recorded, {cassette.stem}", *both)
    print("\n".join(told) if told else "every record is the same")
    sys.exit(1 if told else 0)


if __name__ == "__main__":
    main()
