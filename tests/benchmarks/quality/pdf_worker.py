"""Reads PDFs with one program, in a process of its own: `pdfs.py` starts this.

    python pdf_worker.py PROGRAM FILE FILE …

PROGRAM is `ours` (this project's reader, of the checkout in PYTHONPATH), or a library as it is:
`pypdfium2`, `pypdf`, `pdfminer`. Prints a line of JSON a file: its text, or the error, and the
seconds of CPU; and one at the end with the peak of memory in MB. Imports are not timed.
"""

import io
import json
import logging
import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def main() -> None:
    """Read the files."""
    logging.disable(logging.CRITICAL)
    program, *files = sys.argv[1:]
    read = {"ours": _ours, "pypdfium2": _pypdfium2, "pypdf": _pypdf, "pdfminer": _pdfminer}[
        program
    ]()
    for file in files:
        data = Path(file).read_bytes()
        begun = time.process_time()
        try:
            answer = {"text": read(data)}
        except Exception as error:  # each library has its own
            answer = {"text": "", "error": type(error).__name__}
        print(json.dumps({"file": file, **answer, "cpu": time.process_time() - begun}), flush=True)
    print(json.dumps({"megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def _ours() -> Callable[[bytes], str]:
    from extractor.read import read_bytes

    with suppress(Exception):  # imports what it takes
        read_bytes(b"%PDF-", "a.pdf")
    return lambda data: read_bytes(data, "a.pdf").text


def _pypdfium2() -> Callable[[bytes], str]:
    from pypdfium2 import PdfDocument

    def read(data: bytes) -> str:
        with PdfDocument(data) as document:
            return "\n".join(page.get_textpage().get_text_range() for page in document)

    return read


def _pypdf() -> Callable[[bytes], str]:
    from pypdf import PdfReader

    return lambda data: "\n".join(p.extract_text() for p in PdfReader(io.BytesIO(data)).pages)


def _pdfminer() -> Callable[[bytes], str]:
    from pdfminer.high_level import extract_text  # type: ignore[import-not-found,unused-ignore]

    return lambda data: str(extract_text(io.BytesIO(data)))


if __name__ == "__main__":
    main()
