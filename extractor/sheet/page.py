"""A page that needs nothing else: how it begins and ends, and the policy that keeps it so.

The page fetches nothing and runs only the one script that we ship: its policy says so by hashes.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path

from extractor.sheet.highlights import attribute


def opening(title: str, generator: str, style: str, script: str) -> str:
    """Return a page up to its body; title and generator are made safe here."""
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="{attribute(generator)}">
<title>{attribute(title)}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
"""


def closing(script: str) -> str:
    """Return the end of a page."""
    return f"<script>{script}</script>\n</body>\n</html>\n"


@cache
def asset(file: Path) -> str:
    """Return a style or script that we ship."""
    return file.read_text(encoding="utf-8")


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
