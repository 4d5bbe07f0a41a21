"""Writes sums of the algebra as a person would: signs outward, quotients, functions by name."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain
from math import prod
from operator import itemgetter
from typing import TYPE_CHECKING

from gradcli.ir.written import NEGATED, subtrees
from gradcli.passes.simplify.algebra import EXP
from gradcli.passes.simplify.generators import ATOM, CALL, CHOICE, NUMBER, POWER, RULED, SUM
from gradcli.passes.simplify.identities import REFLECTED
from gradcli.passes.simplify.polynomials import ONE, monomial, scaled, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcli.ir.written import Written
    from gradcli.passes.simplify.algebra import Algebra
    from gradcli.passes.simplify.polynomials import Monomial, Number, Poly

    Factors = list[tuple[Written, Number]]

RATIOS = {
    ("sin", "cos"): ("tan", "cot", "csc", "sec"),
    ("sinh", "cosh"): ("tanh", "coth", "csch", "sech"),
}
"""What quotients of these are called: s/c, c/s, 1/s, 1/c."""

LONG = 10**15
"""The denominator beyond which a number is rounded."""

_WAVES = frozenset(chain(*RATIOS, *RATIOS.values()))
"""Functions that stand behind exponentials."""

_OPERATORS = frozenset("< <= > >= == != and or not // %".split())


class Showing:
    """Writes the sums of one algebra; `best` chooses the form of operands."""

    def __init__(self, algebra: Algebra, best: Callable[[Poly], Written]) -> None:
        self.algebra = algebra
        self.best = best
        self.known: dict[int, Written] = {}
        self.terms: dict[tuple[Monomial, Number], Written] = {}

    def sum(self, poly: Poly) -> Written:
        """A sum as its terms, one with a plus first if there is one."""
        if not poly:
            return ("number", 0)
        if reflected := self._reflected(poly):
            return reflected
        return self.joined([self.term(mono, c) for mono, c in self._by_powers(poly)])

    def joined(self, written: list[Written]) -> Written:
        """The sum of what is written, of which one with a plus comes first if there is one."""
        if len(written) == 1:
            return written[0]
        terms = [x for term in written for x in (term[1:] if term[0] == "sum" else (term,))]
        if terms[0][0] == "minus":
            terms.sort(key=lambda term: term[0] == "minus")
        return ("sum", *terms)

    def _by_powers(self, poly: Poly) -> list[tuple[Monomial, Number]]:
        """The terms; of a polynomial `3*x^2 - x + 2` by powers, from the highest if that is > 0.

        `1 + x^2` and `a + b*x` stay as they are, and so does what is of one degree throughout.
        What is only of powers of a logarithm begins with the highest, too: `2*x*log(x) + x`; other
        functions come after a positive number, and before a negative one.
        """
        terms = list(poly.items())
        logarithms = self._powers_of_logarithm(poly)
        if logarithms is not None:
            descends = max(zip(logarithms, poly.values(), strict=True))[1] > 0
            pairs = sorted(zip(logarithms, terms, strict=True), key=itemgetter(0), reverse=descends)
            return [term for _, term in pairs]
        powers = [power for mono in poly for power in mono]
        if not all(self.algebra.gens[g].kind == ATOM and e > 0 and e % 1 == 0 for g, e in powers):
            gens = [self.algebra.gens[g] for g, _ in powers]
            if any(made.head == "log" for made in gens) or all(made.kind == ATOM for made in gens):
                return terms
            return sorted(
                terms, key=lambda term: (-1 if term[1] > 0 else 1) if term[0] == ONE else 0
            )
        if len({sum(e for _, e in mono) for mono in poly}) < 2:
            return terms
        most, name = max((e, g) for g, e in powers)
        degrees = {mono: sum(e for _, e in mono) for mono in poly}
        is_shared = len({g for g, e in powers if e == most}) > 1
        if is_shared and (most > 1 or max(degrees.values()) == 1):
            return sorted(terms, key=lambda term: degrees[term[0]], reverse=terms[0][1] > 0)
        highest = max(terms, key=lambda term: dict(term[0]).get(name, 0))[1]
        if len(terms) < 3 and highest <= 1:
            return terms
        return sorted(terms, key=lambda term: dict(term[0]).get(name, 0), reverse=highest > 0)

    def _powers_of_logarithm(self, poly: Poly) -> list[Number] | None:
        """The powers of one logarithm in terms that differ in nothing else, None of other terms."""
        gens = self.algebra.gens
        logs = {g for mono in poly for g, _ in mono if gens[g].head == "log"}
        rests = {tuple(pair for pair in mono if pair[0] not in logs) for mono in poly}
        if len(logs) != 1 or len(rests) > 1 or ONE in rests:
            return None
        (log,) = logs
        return [dict(mono).get(log, 0) for mono in poly]

    def _reflected(self, poly: Poly) -> Written | None:
        """sigmoid(-x) for 1 - sigmoid(x)."""
        if len(poly) != 2 or ONE not in poly:
            return None
        (mono,) = poly.keys() - {ONE}
        made = self.algebra.gens[mono[0][0]]
        if mono[1:] or mono[0][1] != 1 or made.kind != CALL or made.head not in REFLECTED:
            return None
        if poly[mono] != -1 or poly[ONE] != REFLECTED[made.head]:
            return None
        return ("call", made.head, self.best(scaled(made.parts[0], ONE, -1)))

    def term(self, mono: Monomial, factor: Number) -> Written:
        """A term, its sign outside."""
        key = mono, factor
        if key not in self.terms:
            self.terms[key] = self._term(mono, factor)
        return self.terms[key]

    def _term(self, mono: Monomial, factor: Number) -> Written:
        self.algebra.work.done += 1 + len(mono)
        above, below, factor = self._sides(mono, factor)
        sign, factor = factor < 0, abs(factor)
        top, bottom = factor.numerator, factor.denominator
        if bottom > 9999 and self._is_decimal(factor):
            above.insert(0, (("number", factor), 1))
            top = bottom = 1
        if top != 1 or not above:
            above.insert(0, (("number", top), 1))
        if bottom != 1:
            below.insert(0, (("number", bottom), 1))
        written = self._product(above)
        if below:
            written = ("quotient", written, self._product(below))
        return ("minus", written) if sign else written

    def _is_root(self, gen: int, e: Number) -> bool:
        """Whether it is a square root of what is positive."""
        return self.algebra.gens[gen].positive and abs(e) == Fraction(1, 2)

    def _add_root(self, roots: list[tuple[int, Number]], above: Factors, below: Factors) -> None:
        """sqrt(2*pi) for sqrt(2)*sqrt(pi), and sqrt(2/pi) for sqrt(2)/sqrt(pi)."""
        sides: list[Written] = []
        for sign in (1, -1):
            parts: Factors = [(self.generator(gen), 1) for gen, e in roots if e * sign > 0]
            parts.sort(key=lambda part: part[0][0] != "number")
            sides.append(self._product(parts))
        one: Written = ("number", 1)
        if one not in sides:
            sides = [("quotient", *sides), one]
        for side, written in zip((above, below), sides, strict=True):
            if written != one:
                side.append((written, Fraction(1, 2)))

    def _is_decimal(self, factor: Number) -> bool:
        """Whether a number is a decimal, or has more digits than one is computed with."""
        return factor.denominator > LONG or bool(Fraction(repr(float(factor))) == factor)

    def _sides(self, mono: Monomial, factor: Number) -> tuple[Factors, Factors, Number]:
        """The factors above and below the line."""
        mono, factor = self._with_roots_below(mono, factor)
        plain: list[tuple[int, Number]] = []
        powers: dict[int, Poly] = {}
        for gen, e in mono:
            made = self.algebra.gens[gen]
            if made.kind == POWER:
                exponent = powers.setdefault(made.head, {})
                ((inner, c),) = made.parts[0].items()
                exponent[inner] = whole(e * c)
            else:
                plain.append((gen, e))
        plain, ratios = self._ratios(self._with_sizes(plain))
        plain.sort(key=lambda pair: self.algebra.gens[pair[0]].name != "pi")
        above: Factors = []
        below: Factors = []
        roots = [pair for pair in plain if self._is_root(*pair)]
        for gen, e in plain:
            if gen in powers and e.denominator == 1:
                powers[gen][ONE] = e
            elif len(roots) < 2 or (gen, e) not in roots:
                factor *= _spread(self.generator(gen), e, above, below)
        if len(roots) > 1:
            self._add_root(roots, above, below)
        for written, e in ratios:
            (above if e > 0 else below).append((written, abs(e)))
        for base, exponent in powers.items():
            side, written = self._exponential(base, exponent)
            if side < 0:
                below.append((written, 1))
            else:
                above.insert(_place_of(written, above), (written, 1))
        return _with_powers_below(above, below), below, factor

    def _with_sizes(self, plain: list[tuple[int, Number]]) -> list[tuple[int, Number]]:
        """abs(x*y) for abs(x)*abs(y), and sign(x/y) for sign(x)*sign(y)."""
        gens = self.algebra.gens
        for head in RULED:
            found = [(g, e) for g, e in plain if gens[g].head == head and abs(e) == 1]
            if len(found) > 1:
                whole: Poly = {ONE: 1}
                for gen, e in found:
                    whole = self.algebra.mul(whole, self.algebra.power(gens[gen].parts[0], e))
                positive = head == "abs"
                plain = [pair for pair in plain if pair not in found]
                plain.append((gens.call(head, (whole,), positive=positive), 1))
        return plain

    def _with_roots_below(self, mono: Monomial, factor: Number) -> tuple[Monomial, Number]:
        """1/sqrt(3) for sqrt(3)/3; and a/sqrt(a*x) for sqrt(a*x)/x, which is undefined at 0."""
        exponents = dict(mono)
        for gen, e in mono:
            made = self.algebra.gens[gen]
            if made.kind == NUMBER and factor.denominator % made.head == 0:
                exponents[gen] = e - 1
                factor *= made.head
            elif made.kind == SUM and e.denominator > 1 and len(made.poly or ()) == 1:
                ((inner, c),) = (made.poly or {}).items()
                if any(n > 0 and exponents.get(g, 0) <= -n for g, n in inner):
                    exponents[gen] = whole(e - 1)
                    factor *= c
                    for g, n in inner:
                        exponents[g] = whole(exponents.get(g, 0) + n)
        return monomial(exponents), whole(factor)

    def _ratios(self, plain: list[tuple[int, Number]]) -> tuple[list[tuple[int, Number]], Factors]:
        """Quotients of sines and cosines by their names."""
        exponents = dict(plain)
        ratios: Factors = []
        for gen, _ in plain:
            made = self.algebra.gens[gen]
            for (s, c), names in RATIOS.items():
                if made.kind == CALL and made.head in (s, c) and gen in exponents:
                    sine, cosine = (self.algebra.gens.call(h, made.parts) for h in (s, c))
                    a, b = exponents.pop(sine, 0), exponents.pop(cosine, 0)
                    operand = self.best(made.parts[0])
                    ratios += _named(a, b, names, operand, (s, c))
        return list(exponents.items()), ratios

    def _exponential(self, base: int, exponent: Poly) -> tuple[int, Written]:
        """A power whose exponent is no number, above or below the line."""
        if base == EXP:
            return 1, ("call", "exp", self.best(exponent))
        written = self.generator(base)
        shown = self.best(exponent)
        if shown[0] == "minus":
            return -1, ("power", written, shown[1])
        return 1, ("power", written, shown)

    def _product(self, factors: Factors) -> Written:
        exponents: dict[Written, Number] = {}
        for base, e in factors:
            exponents[base] = exponents.get(base, 0) + e
        written = [_power(base, e) for base, e in exponents.items()]
        if not written:
            return ("number", 1)
        flat = [x for w in written for x in (w[1:] if w[0] == "product" else (w,))]
        return flat[0] if len(flat) == 1 else ("product", *flat)

    def generator(self, gen: int) -> Written:
        """A generator, in its best form."""
        if gen not in self.known:
            self.known[gen] = self._generator(gen)
        return self.known[gen]

    def _generator(self, gen: int) -> Written:
        made = self.algebra.gens[gen]
        if made.kind == ATOM:
            return ("name", made.name)
        if made.kind == NUMBER:
            return ("number", made.head)
        if made.kind == SUM:
            assert made.poly is not None
            return self.best(made.poly)
        if made.kind == POWER:
            return self._exponential(made.head, made.parts[0])[1]
        operands = [self.best(part) for part in made.parts]
        if made.head == CHOICE:
            return _choice(*operands)
        if made.head in _OPERATORS:
            return ("operator", made.head, *operands)
        return ("call", made.head, *operands)


def _place_of(power: Written, factors: Factors) -> int:
    """Where a power stands that has no function in it: x^n*log(x), and exp(a*x)*sin(b*x)."""
    is_exponential = power[0] == "call"
    if not is_exponential and (power[1][0] != "name" or power[1] in subtrees(power[2])):
        return len(factors)
    if any(x[0] == "call" for part in power[1:] if isinstance(part, tuple) for x in subtrees(part)):
        return len(factors)
    behind = (
        i
        for i, (factor, _) in enumerate(factors)
        if factor[0] == "call" and (not is_exponential or factor[1] in _WAVES)
    )
    return next(behind, len(factors))


def _choice(condition: Written, left: Written, right: Written) -> Written:
    """A choice, and what stays between two numbers by that name."""
    inside, outside = (left, right) if condition[1] == "<=" else (right, left)
    if condition[:3] in [("operator", sign, ("call", "abs", inside)) for sign in ("<=", ">")]:
        size = condition[3]
        if size[0] == "number" and outside == _scaled(size, ("call", "sign", inside)):
            return ("call", "clip", inside, ("minus", size), size)
    if left == ("number", 0):
        condition, left, right = _turned(condition, left, right)
    return ("call", CHOICE, condition, left, right)


def _scaled(number: Written, written: Written) -> Written:
    return written if number == ("number", 1) else ("product", number, written)


def _turned(condition: Written, left: Written, right: Written) -> list[Written]:
    """`where(x > 0, 1, 0)` for `where(x <= 0, 0, 1)`."""
    if condition[0] == "operator" and condition[1] in NEGATED:
        return [("operator", NEGATED[condition[1]], *condition[2:]), right, left]
    return [condition, left, right]


def _spread(written: Written, e: Number, above: Factors, below: Factors) -> Number:
    """Puts a factor above or below the line, a quotient on both sides; the number that it has."""
    if e.denominator == 1:
        match written[0]:
            case "number":
                return Fraction(written[1]) ** int(e)
            case "minus":
                return _spread(written[1], e, above, below) * (-1) ** int(e % 2)
            case "quotient":
                number = _spread(written[1], e, above, below)
                return number * _spread(written[2], -e, above, below)
            case "product":
                return prod(_spread(part, e, above, below) for part in written[1:])
            case "power" if written[2][0] == "number":
                return _spread(written[1], e * written[2][1], above, below)
    (above if e > 0 else below).append((written, abs(e)))
    return 1


def _with_powers_below(above: Factors, below: Factors) -> Factors:
    """x^(n - 1) for x^n/x, which is undefined for x = 0; takes what it uses from below."""
    result: Factors = []
    for written, e in above:
        beside = [n for base, n in below if written[0] == "power" and base == written[1]]
        if e == 1 and beside and written[2][0] != "number":
            below.remove((written[1], beside[0]))
            exponent = written[2][1:] if written[2][0] == "sum" else written[2:]
            less = ("sum", *exponent, ("minus", ("number", beside[0])))
            result.append((("power", written[1], less), 1))
        else:
            result.append((written, e))
    return result


def _power(base: Written, exponent: Number) -> Written:
    if exponent == 1:
        return base
    if exponent == Fraction(1, 2):
        return ("call", "sqrt", base)
    if exponent.denominator == 1:
        return ("power", base, ("number", exponent.numerator))
    above, below = ("number", exponent.numerator), ("number", exponent.denominator)
    return ("power", base, ("quotient", above, below))


def _named(
    a: Number, b: Number, names: tuple[str, ...], operand: Written, plain: tuple[str, str]
) -> Factors:
    """sin^a cos^b by the names of quotients."""
    tangent, cotangent, cosecant, secant = names
    found: Factors = []

    def add(name: str, exponent: Number) -> None:
        if exponent:
            found.append((("call", name, operand), exponent))

    if a.denominator == 1 and b.denominator == 1 and a * b < 0:
        shared = min(abs(a), abs(b))
        add(tangent if a > 0 else cotangent, shared)
        a, b = (a - shared, b + shared) if a > 0 else (a + shared, b - shared)
    add(*((plain[0], a) if a > 0 or a.denominator > 1 else (cosecant, -a)))
    add(*((plain[1], b) if b > 0 or b.denominator > 1 else (secant, -b)))
    return found


__all__ = ["SUM", "Showing", "monomial"]
