"""How frameworks call a function: signatures in their own notation, read when a prefix is used.

`torch.std(input, dim, unbiased: unbiased = True, keepdim=False)`: each parameter is ours of that
name or of one that it is a synonym of; an annotation says which other one, or that it is `not` ours
(`lower: not upper = False`). A parameter without one here may only be given its default. Behind
`;` stands what of ours is fixed, behind `->` what the framework calls the results, of which a
program may take one by its name: `torch.max(x, 1).values`.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING, Any

from gradcli.errors import ProgramNameError
from gradcli.ir.function import REQUIRED
from gradcli.lower.signatures import SEVERAL, Signature, signature_of
from gradcli.lower.synonyms import NO_EFFECT, SYNONYMS
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.errors import Span
    from gradcli.ir.function import Function
    from gradcli.lower.signatures import Argument

_TRUTHS = frozenset({"true", "false", "True", "False"})
_TRUTH_KINDS = frozenset({"Array", "Arrays", "Flag", "Rest", "Value"})


class Target:
    """What a framework's parameter is here: our parameter, or its opposite; "" if there is none."""

    __slots__ = ("default", "name", "opposite")

    def __init__(self, name: str, opposite: bool, default: Any) -> None:
        self.name = name
        self.opposite = opposite
        self.default = default


class FrameworkSignature(Signature):
    """How a framework calls a function; `defaults` are those of our parameters, by our names."""

    def __init__(self, record: Function, line: str) -> None:
        usual, _, fixed = line.partition(";")
        self.head, _, rest = usual.partition("->")[0].strip().partition("(")
        self.results = [name.strip() for name in usual.partition("->")[2].split(",")]
        definition: Any = ast.parse(f"def f({rest}: pass").body[0]
        settings: Any = ast.parse(f"f({fixed})", mode="eval").body
        ours = signature_of(record)
        targets = _targets(definition.args, {p.name for p in record.parameters})
        positional = [p.arg for p in definition.args.args]
        needed = [name for name, target in targets.items() if target.default is REQUIRED]
        super().__init__(self.head, positional, needed, usual.strip, record)
        self.ours = ours
        self.targets: dict[str, Target] = targets
        self.keywords = [name for name in targets if name not in positional]
        self.by_ours: dict[str, str] = {
            target.name: name for name, target in targets.items() if target.name
        }
        self.kinds: dict[str, str] = {p.name: p.kind for p in record.parameters}
        self.rest = bool(positional) and self.kind(positional[-1]) in SEVERAL
        self.defaults = {
            target.name: not target.default if target.opposite else target.default
            for target in targets.values()
            if target.name and target.default is not REQUIRED
        }
        self.defaults |= {s.arg: ast.literal_eval(s.value) for s in settings.keywords}

    def kind(self, name: str) -> str:
        """The kind of value that a framework's parameter takes; "" if it has none here."""
        target: Target = self.targets[name]
        return self.kinds.get(target.name, "")

    def is_none(self, name: str) -> bool:
        """Whether None is what the framework takes for a parameter that is left out."""
        return name in self.targets and self.targets[name].default is None

    def parameter(self, word: str, span: Span) -> str | None:
        """The framework's parameter that a named argument means, by its name or by ours."""
        if word in self.targets:
            return word
        if word in NO_EFFECT:
            return None
        words: list[str] = [word, *SYNONYMS.get(word, ())]
        for name in words:
            if name in self.by_ours:
                return self.by_ours[name]
            if name in self.kinds:
                return name
        near = nearest(word, list(self.targets))
        raise ProgramNameError(
            f"{self.name} has no parameter '{word}'",
            span=span,
            help=f"did you mean '{near}'?" if near else self.written(),
        )

    def fits(self, arguments: Sequence[Argument]) -> bool:
        """Whether a call may be meant: by the number of arguments, their names, truth values."""
        by_position = [a for a in arguments if a.name is None]
        names = {a.name for a in arguments if a.name is not None}
        if len(by_position) > len(self.positional) and not self.rest:
            return False
        taken = {*self.positional[: len(by_position)], *names}
        known = {*self.targets, *self.by_ours, *NO_EFFECT}
        if not (names <= known and taken.issuperset(self.needed)):
            return False
        pairs = zip(by_position, self.positional, strict=False)
        return all(self.kind(p) in _TRUTH_KINDS for a, p in pairs if is_truth(a))


def is_truth(argument: Argument) -> bool:
    """Whether an argument is `true` or `false`, as it is written."""
    return getattr(argument.tree, "id", None) in _TRUTHS


def _targets(arguments: ast.arguments, ours: set[str]) -> dict[str, Target]:
    """What each parameter of a framework is here."""
    by_place = arguments.args
    defaults = [None] * (len(by_place) - len(arguments.defaults)) + arguments.defaults
    parameters = zip(
        [*by_place, *arguments.kwonlyargs], [*defaults, *arguments.kw_defaults], strict=True
    )
    return {p.arg: _target(p, default, ours) for p, default in parameters}


def _target(parameter: ast.arg, default: ast.expr | None, ours: set[str]) -> Target:
    value = REQUIRED if default is None else ast.literal_eval(default)
    written = parameter.annotation
    if isinstance(written, ast.UnaryOp):
        return Target(ast.unparse(written.operand), True, value)
    names = (parameter.arg, *SYNONYMS.get(parameter.arg, ()))
    if written is not None:
        names = (ast.unparse(written),)
    return Target(next((name for name in names if name in ours), ""), False, value)


@cache
def _by_head(record: Function) -> dict[str, list[FrameworkSignature]]:
    """The signatures of a function by the name that they are of."""
    heads: dict[str, list[FrameworkSignature]] = {}
    for line in record.signatures:
        signature = FrameworkSignature(record, line)
        heads.setdefault(_plain(signature.head), []).append(signature)
    return heads


def _plain(name: str) -> str:
    """A name as it compares: TF.js writes `argMax` for `argmax`."""
    return name.replace("_", "").lower()


@cache
def framework_signatures(
    record: Function, spellings: tuple[str, ...]
) -> tuple[FrameworkSignature, ...]:
    """The signatures of the function that one of these names is of, the first that has any."""
    heads = _by_head(record) if record.signatures else {}
    for spelling in spellings:
        if found := heads.get(_plain(spelling)):
            return tuple(found)
    return ()


def meant(
    signatures: Sequence[FrameworkSignature], arguments: Sequence[Argument]
) -> FrameworkSignature | None:
    """Of several signatures the first that the call fits, else the last; None if there are none."""
    fitting = (s for s in signatures if s.fits(arguments))
    return next(fitting, signatures[-1]) if signatures else None
