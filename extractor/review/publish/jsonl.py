"""Published rows as JSONL: a row a line, with all that is known of where it comes from."""

import json
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from extractor.review.publish.columns import answered_by, moment, shown_version
from extractor.sheet.jsonout import escape_unseen

if TYPE_CHECKING:
    from extractor.review.publish.selection import PublishedArticle, PublishedRow, Selection


def write_lines(selection: "Selection", file: IO[str]) -> Sequence[str]:
    """Write a line a row."""
    for reviewed in selection.published_articles():
        for row in reviewed.rows:
            line = json.dumps(to_json(row, reviewed), ensure_ascii=False, allow_nan=False)
            file.write(escape_unseen(line) + "\n")
    return ()


def to_json(row: "PublishedRow", reviewed: "PublishedArticle") -> dict[str, Any]:
    """Return a published row as JSON data; places count code points of the article's text."""
    claim, article = row.claim, reviewed.article
    return {
        "claim": claim.id,
        "version": shown_version(claim.version, claim.row),
        "schema": claim.schema,
        "kind": claim.kind,
        "row": claim.row,
        "evidence": {"text": claim.text, "start": claim.start, "end": claim.end},
        "review": {
            "status": claim.status,
            "decided": not row.open,
            "reviewer": claim.reviewer,
            "decided_at": moment(claim.decided_at),
            "reason": row.details.reason,
            "note": row.details.note,
            "flags": list(claim.flags),
        },
        "article": {
            "id": article.sha256[:16],
            "source": claim.source,
            "title": article.title,
            "byline": article.byline,
            "outlet": article.outlet,
            "date": article.date,
            "url": article.url,
            "language": article.language,
            "sha256": article.sha256,
        },
        "provenance": {
            "answered_by": answered_by(claim),
            "origin": claim.origin,
            "model": None if claim.model in (None, "rules") else claim.model,
            "prompt": claim.prompt,
            "prompt_sha256": row.details.prompt_sha256,
            "engine": claim.engine,
            "confidence": claim.confidence,
            "path": claim.path,
        },
    }
