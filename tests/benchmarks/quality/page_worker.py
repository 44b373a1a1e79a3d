"""Reads pages with one program, in a process of its own: `pages.py` starts this and asks it.

    python page_worker.py ours FOLDER      this project's reader, of the checkout in FOLDER
    python page_worker.py trafilatura      trafilatura as it is
    python page_worker.py newspaper        newspaper4k as it is

Reads a path a line (a page, gzipped), and answers a line of JSON: the paragraphs with their kinds,
the metadata, and the CPU seconds that reading took. Imports nothing of this project but the reader.
"""

import gzip
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


def main() -> None:
    """Answer until standard input ends."""
    program = sys.argv[1]
    read = {"ours": _ours, "trafilatura": _trafilatura, "newspaper": _newspaper}[program]()
    for line in sys.stdin:
        data = gzip.decompress(Path(line.strip()).read_bytes())
        begun = time.process_time()
        try:
            answer = read(data)
        except Exception as error:  # a page that cannot be read has no paragraphs
            answer = {"paragraphs": [], "error": f"{type(error).__name__}: {error}"}
        answer["cpu"] = time.process_time() - begun
        print(json.dumps(answer), flush=True)


def _ours() -> Callable[[bytes], Answer]:
    sys.path.insert(0, sys.argv[2])
    from extractor.read import read_bytes

    def read(data: bytes) -> Answer:
        article = read_bytes(data, "page.html")
        return {
            "paragraphs": [[p.kind, p.span.of(article.text)] for p in article.paragraphs],
            "title": article.title,
            "authors": [a.strip() for a in (article.byline or "").split(";") if a.strip()],
            "date": article.date,
            "outlet": article.outlet,
            "warnings": [[w.code, w.message] for w in article.warnings],
        }

    return read


def _trafilatura() -> Callable[[bytes], Answer]:
    from trafilatura import bare_extraction

    def read(data: bytes) -> Answer:
        found: Any = bare_extraction(data, include_comments=False, with_metadata=True)
        return {
            "paragraphs": [["body", line] for line in found.text.splitlines()],
            "title": found.title,
            "authors": [a.strip() for a in (found.author or "").split(";") if a.strip()],
            "date": found.date,
            "outlet": found.sitename,
        }

    return read


def _newspaper() -> Callable[[bytes], Answer]:
    from newspaper import Article  # type: ignore[import-not-found,unused-ignore]

    def read(data: bytes) -> Answer:
        article = Article("https://page.invalid/", fetch_images=False)
        article.download(input_html=data.decode("utf-8", "replace"))
        article.parse()
        return {
            "paragraphs": [["body", line] for line in article.text.splitlines() if line.strip()],
            "title": article.title,
            "authors": article.authors,
            "date": article.publish_date.isoformat() if article.publish_date else None,
            "outlet": (article.meta_data.get("og") or {}).get("site_name"),
        }

    return read


if __name__ == "__main__":
    main()
