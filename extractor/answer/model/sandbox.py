"""The sandbox that templates run in: bounded in what they may reach, and in how much they may do.

A template pays for what it does: for each character that it writes or that an operation or a call
returns, and for each round of a loop and each use of a block, macro or other template. What it may
spend is far more than any prompt needs, so only one that would go on and on meets the end of it. It
is counted, not timed: the outcome is the same on every machine and in every thread.

One operation may still take memory for a moment, as `center(1000000000)` does; the bounds on the
article (extractor/bounds.py) hold for that.
"""

import threading
from typing import Any

from jinja2 import TemplateRuntimeError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from extractor.answer.model.markup import ListedName

# What the rendering of one part may spend, and what a round costs: both in characters. The longest
# prompts, of very long articles, spend a tenth of it; to spend all takes seconds.
MOST_SPENT = 10_000_000
_ROUND = 100
# Filters of our own, of names that no template can write.
_SPEND, _SPENT_ON = "spend!", "spent on!"
_LONGEST_NUMBER = 10_000  # bits of what a multiplication or power may return
# The attributes of a `ListedName` that are plain strings and so need none of the sandbox's checks.
_PLAIN_ATTRIBUTES = frozenset(("id", "name", "kind", "line", "label"))


class TemplateTooCostly(TemplateRuntimeError):
    """A template does more than a prompt may."""


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of our templates; its options are those of Jinja's."""

    intercepted_binops = frozenset(("+", "*", "**"))

    def __init__(self, **options: Any) -> None:
        self._account = account = _Account()

        @pass_context  # so that it is called while rendering, not while compiling
        def write(context: Context, value: Any) -> str:  # noqa: ARG001
            text = value if type(value) is str else str(value)
            account.spend(len(text))
            return text

        # Constants are not computed ahead, where nothing is counted.
        super().__init__(**options, optimized=False, finalize=write)
        del self.globals["lipsum"]  # writes as much as it is asked for
        self.filters |= {_SPEND: account.spend, _SPENT_ON: account.spent_on}

    def open_account(self) -> None:
        """Begin to count in this thread: for the rendering of one part."""
        self._account.left = MOST_SPENT

    def compile(
        self,
        source: Any,
        name: str | None = None,
        filename: str | None = None,
        raw: Any = False,
        defer_init: bool = False,
    ) -> Any:
        """Compile a template so that what it does is counted."""
        if isinstance(source, str):
            source = _Counting().visit(self.parse(source, name, filename))
        return super().compile(source, name, filename, raw, defer_init)

    # --- what templates do ---

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute for a template, or undefined where the sandbox forbids it."""
        if type(obj) is ListedName and attribute in _PLAIN_ATTRIBUTES:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def call(self, context: Context, obj: Any, /, *arguments: Any, **named: Any) -> Any:
        """Call something for a template, and count what it returns."""
        return self._account.spent_on(super().call(context, obj, *arguments, **named))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return what an operator gives; a number must not become too long for the processor."""
        if isinstance(left, int) and isinstance(right, int) and operator != "+":
            factor = right if operator == "**" else 1
            bits = left.bit_length() * factor + (right.bit_length() if operator == "*" else 0)
            if bits > _LONGEST_NUMBER:
                raise TemplateTooCostly(f"a number of more than {_LONGEST_NUMBER:,} bits")
        elif operator == "*":
            for times, repeated in ((left, right), (right, left)):
                if isinstance(times, int) and isinstance(repeated, str | list | tuple):
                    self._account.spend(max(0, times) * len(repeated))
        return self._account.spent_on(super().call_binop(context, operator, left, right))


class _Account(threading.local):
    """What a thread may still spend."""

    left = MOST_SPENT

    def spend(self, amount: int) -> None:
        """Count an amount. Raises TemplateTooCostly when all is spent."""
        left = self.left = self.left - amount
        if left < 0:
            raise TemplateTooCostly(
                f"more than {MOST_SPENT:,} characters and rounds of loops in one prompt; "
                "is there a loop or a macro in it that does not end?"
            )

    def spent_on(self, value: Any) -> Any:
        """Count the size of a value, and return it."""
        if isinstance(value, str | list | tuple | dict | set):
            self.spend(len(value))
        return value


class _Counting(NodeTransformer):
    """Has every part of a template that may be run repeatedly count its runs and its own text."""

    def visit_Template(self, node: nodes.Template) -> nodes.Node:  # noqa: N802 - Jinja's names
        """Count the runs of a template: it may be included."""
        return self._counted(node)

    def visit_Block(self, node: nodes.Block) -> nodes.Node:  # noqa: N802
        """Count the runs of a block."""
        return self._counted(node)

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:  # noqa: N802
        """Count the runs of a macro."""
        return self._counted(node)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:  # noqa: N802
        """Count the runs of what a `call` block hands to a macro."""
        return self._counted(node)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        """Count the rounds of a loop."""
        return self._counted(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        """Count what `~` returns."""
        self.generic_visit(node)
        return _filtered(node, _SPENT_ON)

    def _counted(self, node: Any) -> nodes.Node:
        text = sum(map(_text_of, node.body))
        self.generic_visit(node)
        node.body.insert(0, nodes.ExprStmt(_filtered(nodes.Const(_ROUND + text), _SPEND)))
        fixed: nodes.Node = node.set_lineno(node.lineno)
        return fixed


def _filtered(node: nodes.Expr, name: str) -> nodes.Filter:
    """Return a call of a filter, which is cheaper than that of a method: nothing is checked."""
    return nodes.Filter(node, name, [], [], None, None)


def _text_of(node: nodes.Node) -> int:
    """Return how many characters of text stand in a part, but for what counts itself."""
    if isinstance(node, nodes.Template | nodes.Block | nodes.Macro | nodes.CallBlock | nodes.For):
        return 0
    if isinstance(node, nodes.TemplateData):
        return len(node.data)
    return sum(map(_text_of, node.iter_child_nodes()))
