"""Reading: a file, a page or plain text becomes an `Article`, whose text never changes again."""

from hashlib import sha256

from extractor.article import Article, Paragraph, Remark
from extractor.read.paragraphs import paragraph_spans


def article_from_text(
    text: str,
    source: str = "-",
    *,
    title: str | None = None,
    byline: str | None = None,
    outlet: str | None = None,
    date: str | None = None,
    url: str | None = None,
    warnings: tuple[Remark, ...] = (),
) -> Article:
    """Return `text`, unchanged, as an article; offsets count its code points.

    What is given (`title`, `date` in ISO 8601, …) wins over what the furniture says. Never raises
    on any text, an empty one included (it has no paragraphs).
    """
    paragraphs = tuple(
        Paragraph(index, span, "body") for index, (span, _) in enumerate(paragraph_spans(text))
    )
    return Article(
        text=text,
        paragraphs=paragraphs,
        source=source,
        sha256=sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        title=title,
        byline=byline,
        outlet=outlet,
        date=date,
        url=url,
        warnings=warnings,
    )
