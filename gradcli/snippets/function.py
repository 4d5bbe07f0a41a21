"""The one function of a snippet as a program of gradcli's own language."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradcli.errors import Span
from gradcli.snippets import tree
from gradcli.snippets.errors import Refusal
from gradcli.snippets.frameworks.roots import USUAL
from gradcli.snippets.languages.javascript import tree as javascript
from gradcli.snippets.run import Snippet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gradcli.errors import Source

PREFIXES = {
    "numpy": "np",
    "autograd.numpy": "np",
    "jax.numpy": "jnp",
    "jax": "jax",
    "jax.nn": "jax.nn",
    "jax.lax": "lax",
    "tensorflow": "tf",
    "torch": "torch",
    "torch.nn.functional": "F",
    "math": "math",
    "@tensorflow/tfjs": "tf",
    "@tensorflow/tfjs-node": "tf",
}
"""What gradcli calls the modules of frameworks."""

ASKING = frozenset(
    """grad grads value_and_grad valueAndGrad valueAndGrads jacobian jacrev jacfwd hessian vjp jvp
    elementwise_grad egrad checkpoint jit""".split()
)
"""Functions that take the function that is meant."""

PLAIN = frozenset("jit function compile checkpoint remat script".split())
"""Decorators that change nothing of what a function computes."""

MAKING = frozenset("scalar tensor tensor1d tensor2d array asarray constant as_tensor".split())
"""Functions whose first argument is what they give."""

OPERATORS = {"**": "^", "===": "==", "!==": "!=", "is": "==", "is not": "!="}
"""Operators that gradcli spells otherwise."""


def program(text: str, name: str, language: str) -> str:
    """The program of what the one function of a snippet computes of its parameters."""
    snippet = Snippet(text, name, language)
    block = import_module(f"{snippet.language}.reader").read(snippet.source)
    is_javascript = snippet.language.endswith(".javascript")
    return Writer(snippet.source, block, is_javascript=is_javascript).program()


class Writer:
    """Writes a function of the tree as a program."""

    def __init__(self, source: Source, block: tree.Block, *, is_javascript: bool) -> None:
        self.source = source
        self.is_javascript = is_javascript
        self.block = block
        self.prefixes = {name: PREFIXES.get(path, name) for name, path in USUAL.items()}
        self.prefixes["Math"] = "math"
        self.functions: dict[str, tree.Function] = {}
        self.constants: dict[str, tree.Tree] = {}
        for statement in block.statements:
            self.note(statement)

    # --- what there is ----------------------------------------------------------------------

    def note(self, statement: tree.Tree) -> None:
        """Takes down what a statement at the top defines."""
        if isinstance(statement, tree.Import):
            for word, own in statement.pairs:
                path = f"{statement.module}.{word}" if word else statement.module
                if path in PREFIXES:
                    self.prefixes[own] = PREFIXES[path]
        elif isinstance(statement, tree.Define) and isinstance(statement.value, tree.Function):
            for decorator in statement.decorators:
                if called(decorator) not in PLAIN:
                    raise self.refusal(decorator, "a function with this decorator")
            self.functions[statement.name] = statement.value
        for name, value in assigned(statement):
            if isinstance(value, tree.Function):
                self.functions[name] = value
            elif is_number(value):
                self.constants[name] = value

    def main(self) -> str:
        """The name of the function that is meant."""
        asked = {
            argument.id
            for call in within(self.block)
            if isinstance(call, tree.Call) and called(call) in ASKING and call.arguments
            for argument in [call.arguments[0].value]
            if isinstance(argument, tree.Name) and argument.id in self.functions
        }
        used = {
            node.id
            for function in self.functions.values()
            for node in within(function.body)
            if isinstance(node, tree.Name)
        }
        names = asked or self.functions.keys() - used
        if len(names) == 1:
            return names.pop() if isinstance(names, set) else next(iter(names))
        listed = " or ".join(f"`{name}`" for name in sorted(names))
        what = f"{listed}: which function is meant" if names else "there is no function"
        error = Refusal(
            f"{what}: a snippet is translated where it is one function of its inputs",
            help="leave the one function that is meant, and those that it calls",
        )
        error.span = Span(self.source, 0, min(len(self.source.text), 1))
        raise error

    def program(self) -> str:
        """The program: numbers and functions that are used, then the body."""
        name = self.main()
        own = self.functions[name]
        used = self.used(own)
        lines = [f"{n} = {self.value(v)}" for n, v in self.constants.items() if n in used]
        lines += [self.definition(n, f) for n, f in self.functions.items() if n in used - {name}]
        lines += [
            f"{p.target.id} = {self.value(p.default)}"  # type: ignore[attr-defined]
            for p in own.parameters
            if self.parameter(p) and p.default is not None
        ]
        return "\n".join([*lines, *self.body(own.body)]) + "\n"

    def used(self, function: tree.Function) -> set[str]:
        """The names of the snippet that a function uses, those of functions that it calls, too."""
        known: set[str] = set()
        stack: list[tree.Tree] = [function]
        while stack:
            for node in within(stack.pop()):
                if isinstance(node, tree.Name) and node.id not in known:
                    if node.id in self.functions:
                        stack.append(self.functions[node.id])
                    known.add(node.id)
        return known

    def refusal(self, node: tree.Tree, what: str) -> Refusal:
        """What cannot be written as a program."""
        error = Refusal(f"{what} cannot be translated", help="gradcli run answers the snippet")
        error.span = Span(self.source, node.start, node.end)
        return error

    # --- functions and statements -----------------------------------------------------------

    def parameter(self, parameter: tree.Parameter) -> str:
        """The name of a parameter."""
        target = parameter.target
        if isinstance(target, javascript.Defaulted):
            target = target.target
        if not isinstance(target, tree.Name) or parameter.spread:
            raise self.refusal(parameter, "this parameter")
        return target.id

    def definition(self, name: str, function: tree.Function) -> str:
        """`f(x, n=2) = { … }`."""
        parameters = [
            self.parameter(p) + ("" if p.default is None else f"={self.value(p.default)}")
            for p in function.parameters
        ]
        head = f"{name}({', '.join(parameters)}) = "
        if not isinstance(function.body, tree.Block):
            return head + self.value(function.body)
        return head + braced(self.body(function.body))

    def body(self, body: tree.Tree) -> list[str]:
        """The lines of a function's body, the last of which is its value."""
        if not isinstance(body, tree.Block):
            return [self.value(body)]
        return self.ending(body.statements, body)

    def ending(self, statements: Sequence[tree.Tree], within_: tree.Tree) -> list[str]:
        """Statements that end with a value."""
        lines: list[str] = []
        for i, statement in enumerate(statements):
            if isinstance(statement, tree.Return):
                if statement.value is None:
                    raise self.refusal(statement, "a function without a value")
                return [*lines, self.value(statement.value)]
            if isinstance(statement, tree.If) and returns(statement):
                rest = self.other(statement, statements[i + 1 :])
                own = braced(self.ending(block_of(statement.body), statement))
                condition = self.value(statement.condition)
                return [*lines, f"if {condition} {own} else {braced(rest)}"]
            lines += self.statement(statement)
        raise self.refusal(within_, "a function that may end without a value")

    def other(self, statement: tree.If, after: Sequence[tree.Tree]) -> list[str]:
        """The other branch of one that returns, and what follows."""
        other = [] if statement.other is None else block_of(statement.other)
        return self.ending([*other, *after], statement)

    def statement(self, node: tree.Tree) -> list[str]:
        """The lines of a statement that does not return."""
        if isinstance(node, tree.Pass) or is_text(node):
            return []
        if isinstance(node, tree.Block):
            return [line for part in node.statements for line in self.statement(part)]
        if isinstance(node, (tree.Assign, javascript.Declare, tree.Assigning)) or (
            isinstance(node, tree.Expression) and isinstance(node.value, tree.Assigning)
        ):
            return [self.assignment(node)]
        if isinstance(node, tree.Augmented):
            op = OPERATORS.get(node.op, node.op)
            return [f"{self.name(node.target)} {op}= {self.value(node.value)}"]
        if isinstance(node, tree.If):
            lines = f"if {self.value(node.condition)} {self.braces(node.body)}"
            return [lines if node.other is None else f"{lines} else {self.braces(node.other)}"]
        if isinstance(node, tree.While) and node.step is None and node.after is None:
            return [f"while {self.value(node.condition)} {self.braces(node.body)}"]
        if isinstance(node, tree.For) and node.after is None:
            head = f"for {self.name(node.target)} in {self.value(node.iterable)}"
            return [f"{head} {self.braces(node.body)}"]
        raise self.refusal(node, "this statement")

    def assignment(self, node: Any) -> str:
        """`a = b`."""
        inner: Any = node.value if isinstance(node, tree.Expression) else node
        if isinstance(inner, tree.Assigning):
            op = OPERATORS.get(inner.op, inner.op)
            return f"{self.name(inner.target)} {op}= {self.value(inner.value)}"
        if isinstance(inner, javascript.Declare):
            pairs = inner.pairs
        else:
            pairs = tuple((target, inner.value) for target in inner.targets)
        if any(value is None for _, value in pairs):
            raise self.refusal(node, "a name without a value")
        return "; ".join(f"{self.name(target)} = {self.value(v)}" for target, v in pairs)

    def braces(self, node: tree.Tree) -> str:
        """A block within braces."""
        return braced([line for part in block_of(node) for line in self.statement(part)])

    def name(self, target: tree.Tree) -> str:
        """A target: a name, or several."""
        if isinstance(target, tree.Name):
            return own_name(target)
        if isinstance(target, tree.Items):
            return ", ".join(map(self.name, target.items))
        raise self.refusal(target, "an assignment to anything but names")

    # --- expressions ------------------------------------------------------------------------

    def value(self, node: Any) -> str:
        """An expression, in brackets where something could come apart."""
        write = _EXPRESSIONS.get(node.__class__)
        if write is None:
            raise self.refusal(node, "this")
        text: str = write(self, node)
        return text

    def constant(self, node: tree.Constant) -> str:
        """A number, a truth value, or a text."""
        value = node.value
        if isinstance(value, bool) or value is None:
            return str(value).lower() if value is not None else "None"
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        return repr(value) if isinstance(value, (int, float)) else f'"{value}"'

    def binary(self, node: tree.Binary) -> str:
        """An operator of two operands."""
        if node.op == "%" and self.is_javascript:
            raise self.refusal(node, "`%` of JavaScript, which has the sign of what is divided,")
        return (
            f"({self.value(node.left)} {OPERATORS.get(node.op, node.op)} {self.value(node.right)})"
        )

    def compare(self, node: tree.Compare) -> str:
        """Comparisons."""
        text = self.value(node.operands[0])
        for op, operand in zip(node.ops, node.operands[1:], strict=True):
            if op in ("in", "not in"):
                raise self.refusal(node, f"`{op}`")
            text += f" {OPERATORS.get(op, op)} {self.value(operand)}"
        return f"({text})"

    def logical(self, node: tree.Logical) -> str:
        """`and`, `or`."""
        if node.op not in ("and", "or"):
            raise self.refusal(node, f"`{node.op}`")
        return "(" + f" {node.op} ".join(map(self.value, node.operands)) + ")"

    def choice(self, node: tree.Choice) -> str:
        """`a if c else b`."""
        parts = map(self.value, (node.value, node.condition, node.other))
        return "({} if {} else {})".format(*parts)

    def call(self, node: tree.Call) -> str:
        """A call of a function, or of a method."""
        if node.makes or any(argument.spread for argument in node.arguments):
            raise self.refusal(node, "this call")
        if called(node) in MAKING and isinstance(node.function, tree.Attribute):
            inner = node.function.value
            if isinstance(inner, tree.Name) and inner.id in self.prefixes and node.arguments:
                return self.value(node.arguments[0].value)
        arguments = [(f"{a.name}=" if a.name else "") + self.value(a.value) for a in node.arguments]
        return f"{self.value(node.function)}({', '.join(arguments)})"

    def attribute(self, node: tree.Attribute) -> str:
        """`x.T`, `np.sin`."""
        if isinstance(node.value, tree.Name) and node.value.id in self.prefixes:
            return f"{self.prefixes[node.value.id]}.{node.id}"
        return f"{self.value(node.value)}.{node.id}"

    def items(self, node: tree.Items) -> str:
        """A list or a tuple."""
        inner = ", ".join(map(self.value, node.items))
        if node.kind == "list":
            return f"[{inner}]"
        if node.kind == "tuple":
            return f"({inner},)" if len(node.items) == 1 else f"({inner})"
        raise self.refusal(node, "a set")

    def slice(self, node: tree.Slice) -> str:
        """`a:b:c`."""
        parts = [node.lower, node.upper, *([] if node.step is None else [node.step])]
        return ":".join("" if part is None else self.value(part) for part in parts)

    def subscript(self, node: tree.Subscript) -> str:
        """`x[key]`."""
        keys = node.key.items if isinstance(node.key, tree.Items) else (node.key,)
        return f"{self.value(node.value)}[{', '.join(map(self.value, keys))}]"

    def function(self, node: tree.Function) -> str:
        """`x => …`."""
        head = ", ".join(map(self.parameter, node.parameters))
        if isinstance(node.body, tree.Block):
            return f"(({head}) => {braced(self.body(node.body))})"
        return f"(({head}) => {self.value(node.body)})"


_EXPRESSIONS: dict[type, Any] = {
    tree.Constant: Writer.constant,
    tree.Name: lambda _writer, node: own_name(node),
    tree.Unary: lambda w, node: f"({node.op}{' ' * (node.op == 'not')}{w.value(node.operand)})",
    tree.Binary: Writer.binary,
    tree.Compare: Writer.compare,
    tree.Logical: Writer.logical,
    tree.Choice: Writer.choice,
    tree.Call: Writer.call,
    tree.Attribute: Writer.attribute,
    tree.Items: Writer.items,
    tree.Slice: Writer.slice,
    tree.Subscript: Writer.subscript,
    tree.Function: Writer.function,
}
"""What writes each kind of expression."""


def own_name(node: tree.Name) -> str:
    """A name; those that no snippet can write have one of their own."""
    return f"{node.id[1:]}_" if node.id.startswith("%") else node.id


def braced(lines: list[str]) -> str:
    """Lines within braces."""
    return "{ " + "; ".join(lines) + " }"


def block_of(node: tree.Tree) -> Sequence[tree.Tree]:
    """The statements of a branch."""
    return node.statements if isinstance(node, tree.Block) else (node,)


def returns(node: tree.If) -> bool:
    """Whether a branch gives the value of the function."""
    return any(
        isinstance(part, tree.Return)
        for branch in (node.body, node.other)
        if branch is not None
        for part in within(branch)
    )


def called(node: tree.Tree) -> str:
    """The last word of what is called, or named."""
    if isinstance(node, tree.Call):
        return called(node.function)
    return getattr(node, "id", "")


def assigned(statement: tree.Tree) -> Iterator[tuple[str, Any]]:
    """Names that a statement gives values, one each."""
    if isinstance(statement, tree.Assign):
        pairs: Iterable[Any] = ((target, statement.value) for target in statement.targets)
    elif isinstance(statement, javascript.Declare):
        pairs = statement.pairs
    else:
        return
    for target, value in pairs:
        if isinstance(target, tree.Name):
            yield target.id, value


def is_number(node: Any) -> bool:
    """Whether an expression is a number, or a list of them."""
    if isinstance(node, tree.Unary):
        return is_number(node.operand)
    if isinstance(node, tree.Items):
        return all(map(is_number, node.items))
    return isinstance(node, tree.Constant) and isinstance(node.value, (int, float))


def is_text(node: tree.Tree) -> bool:
    """Whether a statement is a text that describes a function."""
    value = node.value if isinstance(node, tree.Expression) else None
    return isinstance(value, tree.Constant) and isinstance(value.value, str)


def within(node: Any) -> Iterator[tree.Tree]:
    """All nodes of a tree."""
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, (tuple, list)):
            stack.extend(part)
        elif isinstance(part, tree.Tree):
            yield part
            stack.extend(vars(part).values())
