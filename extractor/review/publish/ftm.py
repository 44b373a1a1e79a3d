"""Published rows as FollowTheMoney entities, a JSON object a line, checked by that library.

    Article        what was read
    Person, Organization, Territory, LegalEntity
                   whom a row names, by the kind of name; an unnamed source is nobody
    Documentation  that the article names them, in which part, and with which words
    Sanction       what a statement says of somebody whom the article names

A Sanction stands only for a statement by which a restriction is or was there: what is threatened,
proposed, denied or hangs on a condition is none yet. Its target must be a name of the article:
"Veldavian timber" is not Veldavia. Ids stay the same from one export to the next; the same name in
two articles is two entities, because only a person can say that they are one.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha1
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from extractor.errors import UsageError
from extractor.find.candidates import Entity
from extractor.find.inventory import Inventory
from extractor.kinds.sanction import SANCTION
from extractor.read.bylines import date_in
from extractor.review.decide.editing import VALUE
from extractor.review.publish.columns import answered_by, moment, status_of
from extractor.schema.shape import shape_of
from extractor.sheet.jsonout import escape_unseen
from extractor.text.spans import Span

if TYPE_CHECKING:
    from extractor.article import Article
    from extractor.review.publish.selection import PublishedArticle, PublishedRow, Selection

_SCHEMATA = {"person": "Person", "body": "Organization", "place": "Territory"}
_NOBODY = ("unnamed",)
# These say that a restriction is there already, whatever becomes of it.
_OF_ONE_THERE = frozenset({"tighten", "keep", "renew", "ease", "lift", "waive"})
_MAKING = frozenset({"impose", "reimpose"})
_MADE = frozenset({"in_force", "agreed", "announced", "past"})
_ENDING = frozenset({"lift", "waive"})
_DETERMINERS = frozenset("the a an its his her their this that".split())


def write_entities(selection: "Selection", file: IO[str]) -> Sequence[str]:
    """Write the entities of one article after the other. Raises UsageError without the library."""
    try:
        from followthemoney import model
    except ImportError:
        raise UsageError(
            "--format ftm needs the followthemoney library: pip install 'news-extract[ftm]'"
        ) from None
    writing = _Entities(model)
    for reviewed in selection.published_articles():
        for entity in writing.of(reviewed, selection):
            data = entity.to_dict()
            entity.schema.validate(data)
            file.write(escape_unseen(json.dumps(data, ensure_ascii=False, sort_keys=True)) + "\n")
    return tuple(writing.notes())


class _Entities:
    """Makes the entities, and counts what it could not make."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._unresolved = self._not_there = 0

    def notes(self) -> Iterator[str]:
        """Yield what was left out, and why."""
        if self._unresolved:
            yield (
                f"{self._unresolved} sanction statements have no Sanction: no target of theirs is "
                "a name in the article"
            )
        if self._not_there:
            yield (
                f"{self._not_there} sanction statements have no Sanction: what they speak of is "
                "threatened, proposed, conditional or denied"
            )

    def of(self, reviewed: "PublishedArticle", selection: "Selection") -> Iterator[Any]:
        """Yield the entities of an article, each once."""
        page = self._article(reviewed)
        yield page
        written: set[str] = set()
        for row in reviewed.rows:
            for entity in (*self._named(row, page), *self._sanctions(row, page, selection)):
                if entity.id not in written:
                    written.add(entity.id)
                    yield entity

    def _made(self, schema: str, *parts: str) -> Any:
        entity = self._model.make_entity(schema)
        digest = sha1("\0".join(parts).encode("utf-8", "replace"), usedforsecurity=False)
        entity.id = f"{schema.lower()}-{digest.hexdigest()}"
        return entity

    def _article(self, reviewed: "PublishedArticle") -> Any:
        """Return the entity of an article."""
        article = reviewed.article
        page = self._made("Article", _key(article))
        name = PurePosixPath(article.source.replace("\\", "/")).name or article.source
        _add(page, "fileName", name)
        _add(page, "title", article.title)
        _add(page, "author", article.byline)
        _add(page, "publisher", article.outlet)
        _add(page, "publishedAt", article.date)
        _add(page, "sourceUrl", article.url)
        _add(page, "mimeType", "text/plain")
        _add(page, "generator", reviewed.rows[0].claim.engine)
        _add(page, "notes", f"sha256 of the text: {article.sha256}")
        return page

    # --- names ---------------------------------------------------------------------------------

    def _named(self, row: "PublishedRow", page: Any) -> Iterator[Any]:
        """Yield an entity for every name in a row, and the Documentation of each."""
        for field in row.kind.editable:
            if field.shape.kind != "name" or not isinstance(row.claim.row, dict):
                continue
            value = row.claim.row if field.key == VALUE else row.claim.row.get(field.key)
            for number, name in enumerate(_listed(value)):
                entity = self._entity(name, page, row)
                if entity is None:
                    continue
                yield entity
                proof = self._made("Documentation", page.id, row.claim.id, field.key, str(number))
                _add(proof, "document", page.id)
                _add(proof, "entity", entity.id)
                _add(proof, "role", field.key.replace("_", " "))
                _add(proof, "summary", row.claim.text)
                self._reviewed(proof, row, page)
                yield proof

    def _entity(self, name: dict[str, Any], page: Any, row: "PublishedRow") -> Any | None:
        """Return the entity that a name in a row stands for; None for nobody."""
        kind, words = name.get("kind", "other"), name.get("name")
        if kind in _NOBODY or not isinstance(words, str) or not words.strip():
            return None
        entity = self._thing(kind, words, page)
        if entity is not None and name.get("typed"):
            _add(entity, "notes", f"The name was typed by {row.claim.reviewer}.")
        return entity

    def _thing(self, kind: str, name: str, page: Any) -> Any | None:
        """Return the entity of a name in an article; None when no letter is in it."""
        schema = _SCHEMATA.get(kind, "LegalEntity")
        entity = self._made(schema, page.id, " ".join(name.casefold().split()))
        _add(entity, "name", name)
        if not entity.has("name"):  # nothing of it is a letter
            return None
        if kind == "place":
            _add(entity, "country", name)
        _add(entity, "proof", page.id)
        return entity

    def _reviewed(self, entity: Any, row: "PublishedRow", page: Any) -> None:
        """Add to a link where it comes from and who decided."""
        by = f", reviewed by {row.claim.reviewer}" if row.claim.reviewer and not row.open else ""
        _add(
            entity,
            "description",
            f"{status_of(row.claim)}; answered by {answered_by(row.claim)}{by}",
        )
        _add(entity, "recordId", row.claim.id)
        _add(entity, "publisher", page.get("publisher"))
        _add(entity, "sourceUrl", page.get("sourceUrl"))
        _add(entity, "modifiedAt", (moment(row.claim.decided_at) or "").rstrip("Z") or None)
        _add(entity, "proof", page.id)

    # --- sanctions -----------------------------------------------------------------------------

    def _sanctions(self, row: "PublishedRow", page: Any, selection: "Selection") -> Iterator[Any]:
        """Yield a Sanction for each target of a statement, and the target."""
        statement = _statement(row)
        if statement is None:
            return
        if not _is_there(statement):
            self._not_there += 1
            return
        has_target = False
        for target in _listed(statement.get("target")):
            entity = self._target(target, row, page, selection)
            if entity is None:
                continue
            has_target = True
            yield entity
            yield self._sanction(statement, entity, row, page)
        self._unresolved += not has_target

    def _target(
        self, target: Any, row: "PublishedRow", page: Any, selection: "Selection"
    ) -> Any | None:
        """Return the entity that a target of a statement names; None when it names none."""
        if isinstance(target, dict) and "name" in target:
            return self._entity(target, page, row)
        if not isinstance(target, dict) or not isinstance(target.get("start"), int):
            return None
        inventory = selection.desk.inventory(row.claim.article_sha256)
        named = resolve(Span(target["start"], target["end"]), inventory)
        return self._thing(named.kind, named.name, page) if named is not None else None

    def _sanction(
        self, statement: dict[str, Any], target: Any, row: "PublishedRow", page: Any
    ) -> Any:
        """Return the Sanction that a statement says of a target."""
        sanction = self._made("Sanction", page.id, row.claim.id, target.id)
        _add(sanction, "entity", target.id)
        for sender in _listed(statement.get("sender")):
            name = _words(sender)
            _add(sanction, "authority", name)
            _add(sanction, "country", name)
        _add(sanction, "provisions", _words(statement.get("measure")))
        _add(sanction, "status", _status(statement))
        _add(sanction, "summary", row.claim.text)
        _add(sanction, "reason", _words(statement.get("condition")))
        when = date_in(_words(statement.get("when")) or "")
        action = statement.get("action")
        _add(
            sanction,
            "endDate" if action in _ENDING else "startDate" if action in _MAKING else "date",
            when,
        )
        self._reviewed(sanction, row, page)
        return sanction


def resolve(span: Span, inventory: Inventory) -> Entity | None:
    """Return the entity that a stretch of the article names, and does nothing else.

    The stretch is a name as the article prints it, behind a determiner or the entity's own role
    ("the bank's governor Ana Ruiz" is Ana Ruiz); a name with more around it names another thing.
    """
    text = inventory.article.text
    for entity in inventory.names:
        if entity.kind not in _SCHEMATA:
            continue
        for mention in entity.mentions:
            if mention.kind != "name" or not span.contains(mention.span):
                continue
            before = text[span.start : mention.span.start].casefold().split()
            after = text[mention.span.end : span.end].strip(" ,.'’\"”")
            role = (entity.role or "").casefold().split()
            if not after and (not before or before[-1:] == role[-1:] or _only_determiners(before)):
                return entity
    return None


def _only_determiners(words: Iterable[str]) -> bool:
    return all(word in _DETERMINERS for word in words)


def _statement(row: "PublishedRow") -> dict[str, Any] | None:
    """Return what a sanction row says, by what its fields stand for; None for another row."""
    model, data = row.kind.row_model, row.claim.row
    if model is None or not isinstance(data, dict):
        return None
    shape = shape_of(model)
    if shape.rests_on is not SANCTION:
        return None
    statement: dict[str, Any] = {}
    for field in shape.fields:
        meaning = SANCTION.canonical.get(field.word)
        if meaning is not None and data.get(field.key) not in (None, []):
            statement.setdefault(meaning, data[field.key])
    return statement


def _is_there(statement: dict[str, Any]) -> bool:
    """Return whether the restriction of a statement is or was there."""
    action, status = statement.get("action"), statement.get("status")
    if action in _MAKING:
        return status is None or status in _MADE
    return action in _OF_ONE_THERE and not (action in ("keep", "renew") and status == "denied")


def _status(statement: dict[str, Any]) -> str | None:
    parts = (statement.get("action"), statement.get("status"))
    return ": ".join(str(part).replace("_", " ") for part in parts if part) or None


def _add(entity: Any, name: str, values: Any) -> None:
    """Add values, cut to the length that the library takes; values of another type are left out."""
    most = entity.schema.get(name).type.max_length
    kept = [
        value if not isinstance(value, str) or len(value) <= most else f"{value[: most - 2]} …"
        for value in _listed(values)
    ]
    entity.add(name, kept, quiet=True)


def _words(value: Any) -> str | None:
    """Return the words of a name, a phrase, or several."""
    words = [
        item.get("name") or item.get("text") if isinstance(item, dict) else str(item)
        for item in _listed(value)
    ]
    return "; ".join(word for word in words if word) or None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _key(article: "Article") -> str:
    """Return what an article is known by: its address, or else its file."""
    return article.url or article.source
