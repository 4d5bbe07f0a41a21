"""Python's text as the common tree, by the standard library's `ast`."""

from __future__ import annotations

import ast
import re
import tokenize
from io import StringIO
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings

from gradcli.errors import LimitError, ParseError, Source, Span
from gradcli.snippets import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LARGEST = 1_000_000
"""Characters of a snippet."""

DEEPEST = 100
"""Brackets within brackets, and blocks within blocks."""

OPERATORS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.UAdd: "+",
    ast.USub: "-",
    ast.Not: "not",
    ast.Invert: "~",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.And: "and",
    ast.Or: "or",
}


def read(source: Source) -> tree.Block:
    """The tree of a snippet; a ParseError where it is none."""
    text = source.text
    if len(text) > LARGEST:
        raise LimitError(f"a snippet has at most {LARGEST:,} characters, not {len(text):,}")
    _check_depth(source)
    return _Reader(source).module()


def _check_depth(source: Source) -> None:
    """Refuses brackets and blocks that are nested too deeply, before the parser meets them."""
    depth = worst = 0
    try:
        for kind, word, *_ in tokenize.generate_tokens(StringIO(source.text).readline):
            if kind == tokenize.INDENT or (kind == tokenize.OP and word in "([{"):
                depth += 1
                worst = max(worst, depth)
            elif kind == tokenize.DEDENT or (kind == tokenize.OP and word in ")]}"):
                depth -= 1
    except (tokenize.TokenError, SyntaxError):  # which the parser says better
        pass
    signs = re.search(r"(?:[-+~]\s*|\bnot\s+|\blambda\s*:\s*){200}", source.text)
    if worst > DEEPEST or signs:
        raise LimitError(f"brackets and blocks are nested more than {DEEPEST} deep")


class _Reader:
    """Turns the nodes of `ast` into those of the common tree."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.lines = [0]
        for line in source.text.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)

    def module(self) -> tree.Block:
        """The statements of the whole text."""
        try:
            with catch_warnings(action="ignore"):
                parsed = ast.parse(self.source.text)
        except (RecursionError, MemoryError):
            raise LimitError("the snippet is nested too deeply") from None
        except (SyntaxError, ValueError) as error:
            raise self.wrong(error) from None
        return tree.Block(0, len(self.source.text), self.all(parsed.body), False)

    def wrong(self, error: SyntaxError | ValueError) -> ParseError:
        """What Python's parser says of a text that is no Python."""
        if not isinstance(error, SyntaxError) or error.lineno is None:
            return ParseError(f"this is not Python: {error}")
        start = self.lines[min(error.lineno, len(self.lines)) - 1] + max((error.offset or 1) - 1, 0)
        end = start + 1
        if error.end_lineno == error.lineno and error.end_offset:
            end = max(start + 1, self.lines[error.lineno - 1] + error.end_offset - 1)
        return ParseError(f"this is not Python: {error.msg}", span=Span(self.source, start, end))

    def offset(self, line: int, column: int) -> int:
        """The offset of a place that `ast` counts in bytes."""
        start = self.lines[line - 1]
        text = self.source.text[start : self.lines[line]]
        return start + (column if text.isascii() else len(text.encode()[:column].decode()))

    def span(self, node: Any) -> tuple[int, int]:
        """The offsets of a node."""
        start = self.offset(node.lineno, node.col_offset)
        return start, self.offset(node.end_lineno, node.end_col_offset)

    def make(self, kind: type[tree.Tree], node: ast.AST, *parts: Any) -> Any:
        """A node of the common tree where a node of `ast` stands."""
        return kind(*self.span(node), *parts)

    def one(self, node: ast.AST | None) -> Any:
        """The node in the common tree; None for None."""
        if node is None:
            return None
        reader = _READERS.get(node.__class__)
        if reader is None:
            raise self.refused(node)
        return reader(self, node)

    def all(self, nodes: Sequence[ast.AST | None]) -> tuple[Any, ...]:
        """Several of them."""
        return tuple([self.one(node) for node in nodes])

    def refused(self, node: ast.AST) -> ParseError:
        """What there is in Python and not in snippets."""
        what, help_ = _INSTEAD.get(type(node).__name__, (f"`{type(node).__name__}`", None))
        span = Span(self.source, *self.span(node)) if hasattr(node, "lineno") else None
        return ParseError(f"{what} is not part of the subset of Python", span=span, help=help_)

    def block(self, statements: Sequence[ast.stmt]) -> Any:
        """A block; None if there is none."""
        if not statements:
            return None
        start, end = self.span(statements[0])[0], self.span(statements[-1])[1]
        return tree.Block(start, end, self.all(statements), False)

    # --- functions, classes -----------------------------------------------------------------

    def function(self, node: ast.FunctionDef | ast.Lambda) -> Any:
        """A function, with or without a name."""
        if isinstance(node, ast.Lambda):
            name, body, doc = "<lambda>", self.one(node.body), None
        else:
            name, body, doc = node.name, self.block(node.body), ast.get_docstring(node)
            if _yields(node):
                body = tree.Block(
                    body.start, body.end, (tree.Produced(body.start, body.end, body),), False
                )
        return self.make(tree.Function, node, name, self.parameters(node.args), body, doc, False)

    def parameters(self, of: ast.arguments) -> tuple[tree.Parameter, ...]:
        """The parameters of a function, in their order."""
        by_place = [*of.posonlyargs, *of.args]
        lacking = len(by_place) - len(of.defaults)
        pairs: list[tuple[ast.arg, ast.expr | None, str, bool]] = [
            (p, None if i < lacking else of.defaults[i - lacking], "", False)
            for i, p in enumerate(by_place)
        ]
        if of.vararg:
            pairs.append((of.vararg, None, "*", False))
        by_name = zip(of.kwonlyargs, of.kw_defaults, strict=True)
        pairs += [(p, default, "", True) for p, default in by_name]
        if of.kwarg:
            pairs.append((of.kwarg, None, "**", False))
        return tuple([self.parameter(*pair) for pair in pairs])

    def parameter(self, node: ast.arg, default: ast.expr | None, spread: str, named: bool) -> Any:
        target = self.make(tree.Name, node, node.arg)
        return self.make(tree.Parameter, node, target, self.one(default), spread, named)

    def define(self, node: ast.FunctionDef | ast.ClassDef) -> Any:
        """`def` and `class`; the span is that of the head."""
        if isinstance(node, ast.ClassDef):
            value = self.make(
                tree.Class, node, node.name, self.all(node.bases), self.block(node.body)
            )
        else:
            value = self.function(node)
        return self.make(tree.Define, node, node.name, value, self.all(node.decorator_list))

    def comprehension(self, node: Any, kind: str) -> Any:
        """A comprehension of any kind."""
        clauses = tuple(
            tree.Clause(*self.span(c.target), self.one(c.target), self.one(c.iter), self.all(c.ifs))
            for c in node.generators
        )
        element = self.one(node.key if kind == "dict" else node.elt)
        value = self.one(node.value) if kind == "dict" else None
        return self.make(tree.Comprehension, node, kind, element, value, clauses)

    def call(self, node: ast.Call) -> Any:
        """A call."""
        arguments = [
            tree.Argument(*self.span(a), None, self.one(a.value), "*")
            if isinstance(a, ast.Starred)
            else tree.Argument(*self.span(a), None, self.one(a), "")
            for a in node.args
        ]
        arguments += [
            tree.Argument(*self.span(k), k.arg, self.one(k.value), "" if k.arg else "**")
            for k in node.keywords
        ]
        return self.make(tree.Call, node, self.one(node.func), tuple(arguments), False)

    def attempt(self, node: ast.Try) -> Any:
        """`try`."""
        handlers = tuple(
            self.make(
                tree.Handler,
                h,
                self.one(h.type),
                self.make(tree.Name, h, h.name) if h.name else None,
                self.block(h.body),
            )
            for h in node.handlers
        )
        parts = self.block(node.orelse), self.block(node.finalbody)
        return self.make(tree.Try, node, self.block(node.body), handlers, *parts)

    def managed(self, node: ast.With) -> Any:
        """`with`, a node for each manager."""
        body = self.block(node.body)
        for item in reversed(node.items):
            manager, target = self.one(item.context_expr), self.one(item.optional_vars)
            body = self.make(tree.With, node, manager, target, body)
        return body

    def imported(self, node: ast.Import) -> Any:
        """`import a, b.c as d`: one statement for each module."""
        statements = []
        for alias in node.names:
            root = alias.name.partition(".")[0]
            module, name = (alias.name, alias.asname) if alias.asname else (root, root)
            statements.append(self.make(tree.Import, alias, module, (("", name),)))
        if len(statements) == 1:
            return statements[0]
        return self.make(tree.Block, node, tuple(statements), False)


def _yields(function: ast.FunctionDef) -> bool:
    """Whether there is a `yield` in a body, and not only in functions within it."""
    stack: list[ast.AST] = [*function.body]
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            stack.extend(ast.iter_child_nodes(node))
    return False


def _text(reader: _Reader, node: ast.JoinedStr) -> Any:
    """An f-string."""
    return reader.make(tree.Formatted, node, reader.all(node.values))


def _format(reader: _Reader, node: ast.FormattedValue) -> Any:
    conversion = "" if node.conversion < 0 else chr(node.conversion)
    layout = reader.one(node.format_spec)
    return reader.make(tree.Format, node, reader.one(node.value), conversion, layout)


def _if(reader: _Reader, node: ast.If) -> Any:
    parts = reader.one(node.test), reader.block(node.body), reader.block(node.orelse)
    return reader.make(tree.If, node, *parts)


def _while(reader: _Reader, node: ast.While) -> Any:
    parts = reader.one(node.test), reader.block(node.body), None, reader.block(node.orelse), True
    return reader.make(tree.While, node, *parts)


def _for(reader: _Reader, node: ast.For) -> Any:
    parts = reader.one(node.target), reader.one(node.iter)
    return reader.make(tree.For, node, *parts, reader.block(node.body), reader.block(node.orelse))


def _annotated(reader: _Reader, node: ast.AnnAssign) -> Any:
    """`x: float = 1`, of which the annotation says nothing here."""
    name = getattr(node.target, "id", None)
    declared = reader.make(
        tree.Pass if name is None else tree.Declare, node, *([name] if name else [])
    )
    if node.value is None:
        return declared
    targets = (reader.one(node.target),)
    assigned = reader.make(tree.Assign, node, targets, reader.one(node.value), True)
    return reader.make(tree.Block, node, (declared, assigned), False)


def _compare(reader: _Reader, node: ast.Compare) -> Any:
    ops = tuple([OPERATORS[op.__class__] for op in node.ops])
    return reader.make(tree.Compare, node, ops, reader.all([node.left, *node.comparators]))


def _from(reader: _Reader, node: ast.ImportFrom) -> Any:
    if node.level:
        raise reader.refused(node)
    pairs = tuple((alias.name, alias.asname or alias.name) for alias in node.names)
    return reader.make(tree.Import, node, node.module or "", pairs)


def _mapping(reader: _Reader, node: ast.Dict) -> Any:
    pairs = zip(reader.all(node.keys), reader.all(node.values), strict=True)
    return reader.make(tree.Mapping, node, tuple(pairs))


def _walrus(reader: _Reader, node: ast.NamedExpr) -> Any:
    parts = reader.one(node.target), "", reader.one(node.value), False
    return reader.make(tree.Assigning, node, *parts)


def _op(node: ast.AST) -> str:
    return OPERATORS[node.__class__]


_READERS: dict[type, Callable[[_Reader, Any], Any]] = {
    ast.Constant: lambda r, n: r.make(tree.Constant, n, n.value),
    ast.Name: lambda r, n: r.make(tree.Name, n, n.id),
    ast.JoinedStr: _text,
    ast.FormattedValue: _format,
    ast.List: lambda r, n: r.make(tree.Items, n, "list", r.all(n.elts)),
    ast.Tuple: lambda r, n: r.make(tree.Items, n, "tuple", r.all(n.elts)),
    ast.Set: lambda r, n: r.make(tree.Items, n, "set", r.all(n.elts)),
    ast.Dict: _mapping,
    ast.Starred: lambda r, n: r.make(tree.Spread, n, r.one(n.value)),
    ast.UnaryOp: lambda r, n: r.make(tree.Unary, n, _op(n.op), r.one(n.operand)),
    ast.BinOp: lambda r, n: r.make(tree.Binary, n, _op(n.op), r.one(n.left), r.one(n.right)),
    ast.Compare: _compare,
    ast.BoolOp: lambda r, n: r.make(tree.Logical, n, _op(n.op), r.all(n.values)),
    ast.IfExp: lambda r, n: r.make(tree.Choice, n, *r.all([n.test, n.body, n.orelse])),
    ast.Call: _Reader.call,
    ast.Attribute: lambda r, n: r.make(tree.Attribute, n, r.one(n.value), n.attr, False),
    ast.Subscript: lambda r, n: r.make(tree.Subscript, n, r.one(n.value), r.one(n.slice)),
    ast.Slice: lambda r, n: r.make(tree.Slice, n, *r.all([n.lower, n.upper, n.step])),
    ast.Lambda: _Reader.function,
    ast.ListComp: lambda r, n: r.comprehension(n, "list"),
    ast.SetComp: lambda r, n: r.comprehension(n, "set"),
    ast.DictComp: lambda r, n: r.comprehension(n, "dict"),
    ast.GeneratorExp: lambda r, n: r.comprehension(n, "generator"),
    ast.NamedExpr: _walrus,
    ast.Yield: lambda r, n: r.make(tree.Yield, n, r.one(n.value), False),
    ast.YieldFrom: lambda r, n: r.make(tree.Yield, n, r.one(n.value), True),
    ast.Expr: lambda r, n: r.make(tree.Expression, n, r.one(n.value), False),
    ast.Assign: lambda r, n: r.make(tree.Assign, n, r.all(n.targets), r.one(n.value), True),
    ast.AugAssign: lambda r, n: r.make(
        tree.Augmented, n, r.one(n.target), _op(n.op), r.one(n.value)
    ),
    ast.AnnAssign: _annotated,
    ast.If: _if,
    ast.While: _while,
    ast.For: _for,
    ast.With: _Reader.managed,
    ast.Try: _Reader.attempt,
    ast.Raise: lambda r, n: r.make(tree.Raise, n, r.one(n.exc)),
    ast.Return: lambda r, n: r.make(tree.Return, n, r.one(n.value)),
    ast.Break: lambda r, n: r.make(tree.Leave, n, "break"),
    ast.Continue: lambda r, n: r.make(tree.Leave, n, "continue"),
    ast.Pass: lambda r, n: r.make(tree.Pass, n),
    ast.Assert: lambda r, n: r.make(tree.Assert, n, r.one(n.test), r.one(n.msg)),
    ast.Delete: lambda r, n: r.make(tree.Delete, n, r.all(n.targets)),
    ast.FunctionDef: _Reader.define,
    ast.ClassDef: _Reader.define,
    ast.Global: lambda r, n: r.make(tree.Outer, n, tuple(n.names), True),
    ast.Nonlocal: lambda r, n: r.make(tree.Outer, n, tuple(n.names), False),
    ast.Import: _Reader.imported,
    ast.ImportFrom: _from,
}
"""What reads each kind of node."""

_INSTEAD = {
    "AsyncFunctionDef": ("`async`", "write a plain `def`"),
    "Await": ("`await`", None),
    "Match": ("`match`", "write `if` and `elif`"),
    "ImportFrom": ("an import of a file beside this one", "paste what it defines"),
}
"""What is said of other kinds, and what to write instead."""
