#!/usr/bin/env bash
# trafilatura up to 2.2.0 gives text twice that stands in a <div> with its paragraphs apart by
# <br><br>: all after the first break comes once in the div's own line of text and once more.
# A quotation in such a page would be counted twice. In a <p> the same text comes once; 2.3.0 gives
# both once, which is why pyproject.toml asks for it.
#
# Seen on 1 December 2026 with Python 3.11, lxml 6.1.3:
#
#     2.2.0 p: 1 2 3 4
#     2.2.0 div: 1 2 3 4 2 3 4
#     2.3.1 p: 1 2 3 4
#     2.3.1 div: 1 2 3 4
#
# Installs both versions in a temporary folder; ends with 1 when this is no longer what they do.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >page.py <<'PYTHON'
from trafilatura import __version__, extract

SENTENCE = "The harbour board met on Monday evening to hear what people think of the new quay."
PAGE = "<html><body><article><h1>The quay</h1><{0}>{1}</{0}></article></body></html>"
for tag in ("p", "div"):
    paragraphs = "<br><br>".join(f"{number}. {SENTENCE}" for number in range(1, 5))
    text = extract(PAGE.format(tag, paragraphs), output_format="txt", include_comments=False)
    numbers = [line[0] for line in text.splitlines() if line[:1].isdigit()]
    print(f"{__version__} {tag}:", *numbers)
PYTHON

for version in 2.2.0 2.3.1; do
  python3 -m venv "$version"
  "$version/bin/pip" install -q "trafilatura==$version" "lxml==6.1.3" "lxml_html_clean==0.4.6"
  "$version/bin/python" page.py
done | tee seen

diff - seen <<'TEXT'
2.2.0 p: 1 2 3 4
2.2.0 div: 1 2 3 4 2 3 4
2.3.1 p: 1 2 3 4
2.3.1 div: 1 2 3 4
TEXT
