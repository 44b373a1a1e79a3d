"""Renders the prompts that a model is asked with: a schema's Jinja template, in a sandbox.

A template is rendered three times: with `part` "system", "whole" and "narrow". One that extends
base.j2 overrides the blocks `task`, `whole` and `narrow` and need not look at `part`. A schema
without a template of its own is asked with base.j2; who.j2 belongs to all of them. Article text
goes in as a value and is never template code. The comment at the top of base.j2 names all values.
"""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal

from jinja2 import FunctionLoader, StrictUndefined, Template, TemplateError, meta

from extractor.answer.model.choices import without_shown
from extractor.answer.model.sandbox import Sandbox
from extractor.errors import PromptError
from extractor.kinds import all_kinds, kind_named
from extractor.schema.catalogue import Prompt, Schema, find_prompt
from extractor.schema.shape import FieldShape, Shape, shape_of

PromptPart = Literal["system", "whole", "narrow"]
_FAULTS = (TemplateError, RecursionError)  # of templates, compiled or rendered
_WHO = "who"  # the template that asks who said a quotation
# What a field that holds no id is to be answered with.
_ANSWERED_WITH = {
    "verbatim": "words copied exactly from the article",
    "text": "your own words, short",
}


@dataclass
class Prompts:
    """The prompt of one schema, ready to render. Raises PromptError for a broken template."""

    schema: Schema
    name: str = field(init=False)
    sha256: str = field(init=False)  # of the template, those it extends, and who.j2

    def __post_init__(self) -> None:
        """Find and compile the templates."""
        self._loaded: dict[str, Prompt] = {}  # by name
        self._environment = Sandbox(
            loader=FunctionLoader(self._load),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            autoescape=False,
        )
        try:
            prompt = self._find(self.schema.name)
        except PromptError:
            prompt = self._find("base")
        self.name = prompt.name
        self._template = self._compile(prompt)
        self._who = self._compile(self._find(_WHO))
        sources = "\0".join(self._loaded[name].source for name in sorted(self._loaded))
        self.sha256 = sha256(sources.encode()).hexdigest()

    @cached_property
    def system(self) -> str:
        """The part that every question begins with. Raises PromptError."""
        return self.render("system")

    @cached_property
    def system_who(self) -> str:
        """The same of the question who said a quotation. Raises PromptError."""
        return self.render_who("system")

    @cached_property
    def _described(self) -> dict[str, Any]:
        """The schema as templates see it."""
        return described(self.schema.name, without_shown(shape_of(self.schema.model)))

    def render(self, part: PromptPart, **values: Any) -> str:
        """Return the text of one part; raise PromptError naming the template."""
        variables = {"schema": self._described, "wanted": None, "turns": False, **values}
        return self._rendered(self._template, self.name, part=part, **variables)

    def render_who(self, part: Literal["system", "who"], **values: Any) -> str:
        """Return one part of the question who said a quotation; raise PromptError."""
        return self._rendered(self._who, _WHO, part=part, **values)

    def _rendered(self, template: Template, name: str, **variables: Any) -> str:
        """Return a template's text; raise PromptError naming the file of the template `name`."""
        self._environment.open_account()
        try:
            return template.render(**variables).strip()
        except (*_FAULTS, TypeError, ValueError, ArithmeticError, MemoryError) as error:
            path = self._loaded[name].path
            raise PromptError(f"{path}: {type(error).__name__}: {error}") from None

    def _find(self, name: str) -> Prompt:
        """Return a template by its name, with or without ending; raise PromptError."""
        name = name.removesuffix(".j2").removesuffix(".jinja2").removesuffix(".jinja")
        if name not in self._loaded:
            self._loaded[name] = find_prompt(name, schema=self.schema)
        return self._loaded[name]

    def _load(self, name: str) -> str:
        return self._find(name).source

    def _compile(self, prompt: Prompt) -> Template:
        """Compile a template and find those it extends, so that all of them are hashed.

        Raises PromptError naming file and line.
        """
        try:
            pending = [prompt.name]
            while pending:
                tree = self._environment.parse(self._find(pending.pop()).source)
                names = [n for n in meta.find_referenced_templates(tree) if n]
                pending += [n for n in names if n.partition(".")[0] not in self._loaded]
            return self._environment.get_template(prompt.name)
        except _FAULTS as error:
            line = getattr(error, "lineno", None)
            where = f"{prompt.path}:{line}" if line else str(prompt.path)
            raise PromptError(f"{where}: {error}") from None


def described(name: str, shape: Shape) -> dict[str, Any]:
    """Return a schema as templates see it: its name, what it is, and its fields in plain lines."""
    return {
        "name": name,
        "about": _docstring(shape),
        "fields": "\n".join([*_field_lines(shape, ""), *_notes(shape)]),
        "kinds": sorted(_kinds(shape)),
    }


def _notes(shape: Shape) -> list[str]:
    """Return the notes of kinds whose ids base.j2 does not explain (`Kind.note`)."""
    return [kind.note for kind in all_kinds() if kind.note and shape.holds(kind.name)]


def _field_lines(shape: Shape, indent: str) -> list[str]:
    """Return a line for each field, those of nested models indented by two more spaces."""
    lines = []
    for asked in shape.fields:
        about = shape.model.model_fields[asked.name].description or ""
        if asked.row is None:
            lines.append(indent + field_line(asked, about))
            continue
        about = about or _docstring(asked.row)
        several = "a list, each" if asked.many else "one"
        lines.append(f"{indent}{asked.key}: {several} with these fields. {about}".rstrip())
        lines += _field_lines(asked.row, indent + "  ")
    return lines


def field_line(asked: FieldShape, about: str) -> str:
    """Return one line on one field: "speaker: id of a name (P…) or null; who said the words"."""
    kind = kind_named(asked.kind)
    what = f"id of {kind.id_words} ({kind.letter}…)" if kind else _ANSWERED_WITH.get(asked.kind, "")
    if asked.choices:
        what = " | ".join(asked.choices)
    if asked.many:
        what = f"list: {what}"
    if asked.nullable:
        what += " or null"
    return f"{asked.key}: " + "; ".join(words for words in (what.strip(), about) if words)


def _kinds(shape: Shape) -> set[str]:
    """Return the kinds of all fields but rows, those of nested models included."""
    return {asked.kind for asked in shape.fields if asked.row is None}.union(
        *(_kinds(asked.row) for asked in shape.fields if asked.row is not None)
    )


def _docstring(shape: Shape) -> str:
    """Return the model's own docstring (Pydantic's would be BaseModel's)."""
    docstring = shape.model.__dict__.get("__doc__") or ""
    return " ".join(docstring.split())
