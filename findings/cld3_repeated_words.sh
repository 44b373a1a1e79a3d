#!/usr/bin/env bash
# CLD3 (cld3-py 3.1.0) calls any text that repeats itself Japanese, and says that it is sure: it takes
# repeated stretches out before it looks, and answers for nothing what it answers for everything
# else. An Arabic refrain, or a word of one letter, is "ja" at 0.78, reliable. So Japanese, Chinese and
# Korean are told by their script here, and CLD3's word for them is not taken.
#
# Seen on 1 December 2026 with Python 3.11:
#
#     empty: ja 0.78 True
#     refrain in Arabic: ja 0.78 True
#     one letter: ja 0.78 True
#
# Installs it in a temporary folder; ends with 1 when this is no longer what it does.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install -q "cld3-py==3.1.0"
venv/bin/python - <<'PYTHON' | tee seen
from gcld3 import NNetLanguageIdentifier

identifier = NNetLanguageIdentifier(0, 4000)
texts = {"empty": "", "refrain in Arabic": "قال الرئيس " * 100, "one letter": "a" * 3000}
for name, text in texts.items():
    found = identifier.FindLanguage(text=text)
    print(f"{name}: {found.language} {found.probability:.2f} {found.is_reliable}")
PYTHON

diff - seen <<'TEXT'
empty: ja 0.78 True
refrain in Arabic: ja 0.78 True
one letter: ja 0.78 True
TEXT
