"""The words a model is asked with: a schema's Jinja template, rendered in a sandbox.

A template is rendered three times: with `part` "system", "whole" and "narrow". One that extends
base.j2 overrides the blocks `task`, `whole` and `narrow` and need not look at `part`. A schema
without a template of its own is asked with base.j2; who.j2 belongs to all of them. Article text
goes in as a value and is never template code. What a template is given stands at its top.
"""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal

from jinja2 import FunctionLoader, StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from extractor.answer.model.markup import ListedName
from extractor.errors import PromptError
from extractor.kinds import all_kinds, kind_named
from extractor.schema.catalogue import Prompt, Schema, find_prompt
from extractor.schema.shape import FieldShape, Shape, shape_of

Part = Literal["system", "whole", "narrow"]
_WHO = "who"  # the template that asks who said a quotation
_WORDS = frozenset(("id", "name", "kind", "line", "label"))  # of a listed name: plain strings

# What a field that holds no id is to be answered with.
_ASKED_FOR = {
    "verbatim": "words copied exactly from the article",
    "text": "your own words, short",
}


class _Sandbox(ImmutableSandboxedEnvironment):
    """Where templates are rendered; they may read what our own values show, at less cost."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute for a template: of a listed name, all words of it."""
        if type(obj) is ListedName and attribute in _WORDS:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


@dataclass
class Prompts:
    """The prompt of one schema, ready to render. Raises PromptError for a broken template."""

    schema: Schema
    name: str = field(init=False)
    sha256: str = field(init=False)  # of the template, those it extends, and who.j2

    def __post_init__(self) -> None:
        """Find and compile the template."""
        self._found: dict[str, Prompt] = {}
        self._environment = _Sandbox(
            loader=FunctionLoader(self._load),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            autoescape=False,
        )
        try:
            own = self._find(self.schema.name)
        except PromptError:
            own = self._find("base")
        self.name = own.name
        self._template = self._compile(own)
        self._who = self._compile(self._find(_WHO))
        sources = "\0".join(self._found[name].source for name in sorted(self._found))
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
        return described(self.schema.name, shape_of(self.schema.model))

    def render(self, part: Part, **values: Any) -> str:
        """Return the text of one part; raise PromptError naming the template."""
        given = {"schema": self._described, "wanted": None, **values}
        return self._rendered(self._template, self.name, part=part, **given)

    def render_who(self, part: Literal["system", "who"], **values: Any) -> str:
        """Return one part of the question who said a quotation; raise PromptError."""
        return self._rendered(self._who, _WHO, part=part, **values)

    def _rendered(self, template: Template, name: str, **given: Any) -> str:
        try:
            return template.render(**given).strip()
        except (TemplateError, RecursionError, TypeError, ValueError, ArithmeticError) as error:
            path = self._found[name].path
            raise PromptError(f"{path}: {type(error).__name__}: {error}") from None

    def _find(self, name: str) -> Prompt:
        name = name.removesuffix(".j2").removesuffix(".jinja2").removesuffix(".jinja")
        if name not in self._found:
            self._found[name] = find_prompt(name, schema=self.schema)
        return self._found[name]

    def _load(self, name: str) -> str:
        return self._find(name).source

    def _compile(self, own: Prompt) -> Template:
        """Compile the template and find those it extends, so that all of them are hashed."""
        try:
            pending = [own.name]
            while pending:
                tree = self._environment.parse(self._find(pending.pop()).source)
                names = [n for n in meta.find_referenced_templates(tree) if n]
                pending += [n for n in names if n.partition(".")[0] not in self._found]
            return self._environment.get_template(own.name)
        except (TemplateError, RecursionError) as error:
            line = getattr(error, "lineno", None)
            where = f"{own.path}:{line}" if line else str(own.path)
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
    """Return what there is to say of the ids of kinds that base.j2 does not know."""
    return [kind.note for kind in all_kinds() if kind.note and shape.holds(kind.name)]


def _field_lines(shape: Shape, indent: str) -> list[str]:
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
    what = f"id of {kind.id_words} ({kind.letter}…)" if kind else _ASKED_FOR.get(asked.kind, "")
    if asked.choices:
        what = " | ".join(asked.choices)
    if asked.many:
        what = f"list: {what}"
    if asked.nullable:
        what += " or null"
    return f"{asked.key}: " + "; ".join(words for words in (what.strip(), about) if words)


def _kinds(shape: Shape) -> set[str]:
    """Return what the fields hold, in nested models too, but for these models themselves."""
    return {asked.kind for asked in shape.fields if asked.row is None}.union(
        *(_kinds(asked.row) for asked in shape.fields if asked.row is not None)
    )


def _docstring(shape: Shape) -> str:
    """Return the model's own docstring (Pydantic's would be BaseModel's)."""
    own = shape.model.__dict__.get("__doc__") or ""
    return " ".join(own.split())
