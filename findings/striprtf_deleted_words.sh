#!/usr/bin/env bash
# striprtf (0.0.35) reads words of an RTF document that nobody sees in it: hidden ones (\v), and those
# that a tracked change has deleted (\deleted). A quotation comes out with words that its author took
# back. The text of a text box, which everybody sees, is left out. So extractor/read/rtf.py walks
# through the groups of a document itself, and takes only the tables of striprtf.
#
# Seen on 1 December 2026 with Python 3.11:
#
#     hidden: The minister said not yet to pay.
#     deleted: We will never pay.
#     text box: Before after.
#
# Installs it in a temporary folder; ends with 1 when this is no longer what it does.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install -q "striprtf==0.0.35"
venv/bin/python - <<'PYTHON' | tee seen
from striprtf.striprtf import rtf_to_text

FONTS = r"{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}\f0 "
documents = {
    "hidden": FONTS + r"The minister said {\v not yet }to pay.\par}",
    "deleted": FONTS + r"We will {\deleted never }pay.\par}",
    "text box": FONTS + r"Before {\shp{\*\shpinst{\shptxt Boxed words.\par}}} after.\par}",
}
for name, document in documents.items():
    print(f"{name}: {' '.join(rtf_to_text(document).split())}")
PYTHON

diff - seen <<'TEXT'
hidden: The minister said not yet to pay.
deleted: We will never pay.
text box: Before after.
TEXT
