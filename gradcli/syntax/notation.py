"""What people write by hand, `2x²`, `√x`, `|x|`, `5!`, `f'(x)`, read as words of the grammar.

Loaded when the parser has met a text that is none of the language as it stands, so a program that
is valid without these rules neither pays for them nor changes its meaning.
"""

from __future__ import annotations

import re
from itertools import takewhile

from gradcli.errors import shortened
from gradcli.syntax import Doubtful, Mistake
from gradcli.syntax.lexer import CLOSERS, ENDERS, Scanner, Tokens
from gradcli.syntax.operands import closer_of, opener_of, operand_begin
from gradcli.syntax.tables import (
    ARROW,
    ASSIGN,
    AUGMENT,
    IF,
    LPAR,
    LSQB,
    NAME,
    NUMBER,
    OP,
    RPAR,
    SIGN,
)
from gradcli.syntax.tree import Name, Number
from gradcli.syntax.wrong_words import FOREIGN, MEANT, SENTENCE, WORDLESS, differential, foreign

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.syntax import IsElementwise

_RAISED, _FACTORIAL, _BAR = "\ue000", "\ue020", "\ue021"
"""Characters for private use: the first power above the line, `!` behind an operand, and `|`."""

_ROOT = -1
"""The terminal behind the name of a root, until it is known where its operand ends."""

_POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
_SAME = {
    **dict.fromkeys(range(0xE000, 0xE022), "\uf8ff"),  # nobody types what stands for others here
    **{ord(char): word for char, word in MEANT.items() if len(word) == 1},
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **{ord(power): chr(ord(_RAISED) + i) for i, power in enumerate(_POWERS)},
    **dict(zip(map(ord, "′’‘”“。≦≧–‒⊙¬"), "'''\"\".≤≥--*!", strict=True)),
}
"""Characters to one that means the same, powers to private ones, which are no letters."""

_PRIMES = re.compile(r"['″‴]+(?=\()")
_OF_PRIME = {"'": 1, "″": 2, "‴": 3}
_RUN = re.compile(f"[{_RAISED}-{chr(ord(_RAISED) + len(_POWERS) - 1)}]+")
_BEHIND = re.compile(rf"(?<=[\w)\]{_RAISED}-\ue00b|‖°])!(?![=\w(])")
_DEFINITION = re.compile(r"\b(?:sin|cos|tan)\s*\(\w*\)\s*=")
_LONE_BAR = re.compile(r"(?<!\|)\|(?!\|)")
_POWER_OF_TEN = re.compile("(?<=[0-9.][eE])−(?=[0-9])")
_FOREIGN = re.compile(r"_|[jJ](?!\w)|(?<=0)(?<![0-9_.]0)[xXbBoO]\w")
_FUNCTIONS = {"√": "sqrt", "∛": "cbrt", _BAR: "abs", "‖": "norm"}
_OF_DEGREES = {"sin": "sind", "cos": "cosd", "tan": "tand"}
_OPENERS = (LPAR, LSQB)
_TIGHT = frozenset(("/", "//", "%", "@", "^"))
"""Operators behind which a product without a sign could be read in two ways."""


def rescan(text: str, value: bool, limit: int, is_elementwise: IsElementwise) -> Tokens:
    """The terminals of a text in people's notation."""
    plain = _POWER_OF_TEN.sub("-", _BEHIND.sub(_FACTORIAL, text.translate(_SAME)))
    plain = plain.replace("|", _BAR) if _LONE_BAR.search(plain) else plain
    scanner = _Reader(plain, text, value, limit, is_elementwise)
    scanner.words()
    scanner.end()
    scanner.unclosed_bars()
    words = _Words(scanner, text, is_elementwise)
    words.move_powers()
    words.end_roots()
    if words.angles and not _DEFINITION.search(text):
        words.exact_angles()
    words.insert_products()
    return scanner.tokens


class _Reader(Scanner):
    """The scanner with rules for characters that are no words of the grammar.

    `angles` and `primes` are the functions put in for `°` and `'`, `bars` the opening bars that are
    still open, `raised` the starts of powers above the line, `written` is the text before
    characters were replaced; what is before `skipped` has been read.
    """

    __slots__ = ("angles", "bars", "is_elementwise", "primes", "raised", "skipped", "written")

    def __init__(
        self, text: str, written: str, value: bool, limit: int, is_elementwise: IsElementwise
    ) -> None:
        super().__init__(text, value, limit)
        self.written = written
        self.is_elementwise = is_elementwise
        self.angles: list[Name] = []
        self.primes: list[Name] = []
        self.bars: list[tuple[int, int]] = []
        self.raised: set[int] = set()
        self.skipped = 0

    def wrong(self, start: int) -> Mistake:
        """What to say of characters that are no word, as they are written."""
        from gradcli.syntax.wrong_words import wrong_word

        return wrong_word(self.written, start, after_operand=self.tokens.last in ENDERS)

    def other(self, word: str, start: int) -> None:
        """A character that is no word by itself."""
        if start < self.skipped:
            return
        if word in "√∛":
            self.function(_FUNCTIONS[word], start, _ROOT)
        elif word in (_BAR, "‖"):
            self.bar(word, start)
        elif word == "°":
            self.degrees(start)
        elif word == _FACTORIAL:
            self.factorial(start)
        elif word in _OF_PRIME and (primes := _PRIMES.match(self.text, start)):
            self.skipped = primes.end()
            for _ in range(sum(map(_OF_PRIME.__getitem__, primes[0]))):
                self.primes.append(self.wrap("grad", start))
        elif word == "∞":
            self.tokens.put(NAME, Name("inf", start, start + 1), start)
        elif run := _RUN.match(self.text, start):
            self.power(run[0], start)
        else:
            raise self.wrong(start)

    def function(self, name: str, start: int, opener: int = LPAR) -> None:
        """The head of a call."""
        self.tokens.put(NAME, Name(name, start, start + 1), start)
        self.tokens.put(opener, start, start)

    def operand(self, start: int) -> int:
        """The index at which the operand before a character begins."""
        if self.tokens.last not in ENDERS:
            raise self.wrong(start)
        return operand_begin(self.tokens.kinds, len(self.tokens.kinds) - 1)

    def wrap(self, name: str, start: int) -> Name:
        """The operand before becomes the argument of a function, whose name is given back."""
        first = self.operand(start)
        at = self.tokens.starts[first]
        function = Name(name, at, start + 1)
        self.tokens.insert(first, LPAR, at, at)
        self.tokens.insert(first, NAME, function, at)
        self.tokens.put(RPAR, start, start)
        return function

    def degrees(self, start: int) -> None:
        """`30°`, but not behind a name: `sin 30°`."""
        first = self.operand(start)
        if first and self.tokens.kinds[first - 1] == NAME:
            name, begin = self.tokens.leaves[first - 1].id, self.tokens.starts[first]
            if self.is_elementwise(name):
                message = f"`{name}` needs brackets around its argument"
                advice = f"write `{name}({self.text[begin:start].strip()}°)`"
                raise Doubtful(message, begin, start + 1, advice)
        self.angles.append(self.wrap("deg2rad", start))

    def factorial(self, start: int) -> None:
        """`x!` is `gamma(x + 1)`."""
        first = self.operand(start)
        if _RUN.match(self.text[start - 1]):
            first = operand_begin(self.tokens.kinds, first - 2)
            power = self.written[self.tokens.starts[first] : start]
            message = "`!` behind a power could mean two things"
            raise Doubtful(message, start, start + 1, f"write `({power})!`")
        if self.text[start + 1 : start + 2] == "!":
            message = "there is no double factorial"
            operand = self.written[self.tokens.starts[first] : start]
            raise Doubtful(message, start, start + 2, f"write `({operand}!)!`")
        self.wrap("gamma", start)
        self.tokens.drop()
        self.tokens.put(SIGN, ("+", start, start + 1), start)
        self.tokens.put(NUMBER, Number(1.0, start, start + 1), start)
        self.tokens.put(RPAR, start, start)

    def power(self, run: str, start: int) -> None:
        """A power above the line."""
        first = self.operand(start)
        self.skipped = end = start + len(run)
        exponent = "".join("0123456789+-"[ord(c) - ord(_RAISED)] for c in run)
        if not re.fullmatch(r"[+-]?\d+", exponent):
            base = self.written[self.tokens.starts[first] : start]
            power = f"{base}^({exponent})" if exponent[-1:].isdigit() else "x^2"
            raise Doubtful("this is no power", start, end, f"write `{power}`")
        self.tokens.put(OP, ("^", start, end), start)
        if exponent[0] in "+-":
            self.tokens.put(SIGN, (exponent[0], start, end), start)
        self.tokens.put(NUMBER, Number(abs(float(exponent)), start, end), start)
        self.raised.add(start)

    def bar(self, word: str, start: int) -> None:
        """A bar opens where an operand must follow, and closes where one has ended."""
        depth, ended = len(self.open), self.tokens.last in ENDERS
        level = sum(d == depth for d, _ in self.bars)
        if ended and level < 2 and self.text.startswith(_BAR * 2, start):
            self.either(start, level)
        elif ended and level and self.text[self.bars[-1][1]] == word:
            self.bars.pop()
            self.tokens.put(RPAR, start, start)
        elif ended and self.tokens.last != NUMBER and word in self.text[start + 1 :]:
            message = f"expected an operator before `{'|' if word == _BAR else word}`"
            is_one = word == _BAR and self.text.count(_BAR) == 1
            advice = "write `or`" if is_one else "write bars within bars as `abs(…)`"
            raise Doubtful(message, start, start + 1, advice, product=start)
        elif ended and self.tokens.last != NUMBER:
            raise self.wrong(start)
        else:
            self.bars.append((depth, start))
            self.function(_FUNCTIONS[word], start)

    def either(self, start: int, level: int) -> None:
        """`||` between operands is `or`, unless a bar is open, which the first may close."""
        self.skipped = end = start + 2
        if level:
            advice = "write `|a|*|b|` or `|a or b|`"
            mistake = Doubtful("`||` could mean two things", start, end, advice)
            before, behind = self.written[:start], self.written[end:]
            mistake.readings = (f"{before}|*|{behind}", f"{before} or {behind}")
            raise mistake
        self.tokens.put(OP, ("or", start, end), start)

    def unclosed_bars(self) -> None:
        """A bar that is open at the end."""
        if self.bars:
            start = self.bars[-1][1]
            raise Mistake(f"this `{self.written[start]}` is never closed", start, start + 1)


class _Words:
    """The terminals of a whole text, which take each other's places."""

    def __init__(self, scanner: _Reader, text: str, is_elementwise: IsElementwise) -> None:
        self.tokens = scanner.tokens
        self.angles = scanner.angles
        self.raised = scanner.raised
        self.primes = scanner.primes
        self.moved: set[int] = set()
        self.text = text
        self.is_elementwise = is_elementwise

    def end_roots(self) -> None:
        """A root ends behind the name, number, call or bracket that follows it, the last first."""
        kinds, starts = self.tokens.kinds, self.tokens.starts
        for index in range(len(kinds) - 1, -1, -1):
            if kinds[index] == _ROOT:
                start = starts[index]
                if kinds[index + 1] not in (NAME, NUMBER, *_OPENERS):
                    advice = "write `√x`, `√(x + 1)`"
                    raise Doubtful("a root needs an operand", start, start + 1, advice)
                kinds[index] = LPAR
                end = self.operand_end(index + 1)
                if kinds[end + 1] == OP and starts[end + 2] in self.moved:
                    end += 2  # `√sin²(x)`
                self.tokens.insert(end + 1, RPAR, starts[end], starts[end])

    def operand_end(self, first: int) -> int:
        """The last terminal of a name, number, call or bracket."""
        kinds = self.tokens.kinds
        last = closer_of(kinds, first) if kinds[first] in CLOSERS else first
        while kinds[last] == NAME and kinds[last + 1] in _OPENERS:
            last = closer_of(kinds, last + 1)
        is_derivative = any(self.tokens.leaves[first] is prime for prime in self.primes)
        return closer_of(kinds, last + 1) if is_derivative else last

    def move_powers(self) -> None:
        """`sin^2(x)` is `sin(x)^2` where `sin` is a function of elements."""
        kinds = self.tokens.kinds
        for index in range(len(kinds) - 4, -1, -1):
            if kinds[index] != NAME or not self.is_operator(index + 1, "^"):
                continue
            number = index + 2 + (kinds[index + 2] == SIGN)
            if kinds[number] != NUMBER or kinds[number + 1] != LPAR:
                continue
            name = self.tokens.leaves[index].id
            if self.is_elementwise(name):
                close = closer_of(kinds, number + 1)
                power = self.word(index + 2, number)
                if power == "-1":
                    raise self.inverse(name, index, close)
                self.raised.add(self.tokens.starts[number])
                self.moved.add(self.tokens.starts[number])
                self.tokens.move(index + 1, number + 1, close + 1)

    def exact_angles(self) -> None:
        """`sin(30°)` is `sind(30)`, which is exact: a multiple of pi is rounded."""
        kinds, leaves = self.tokens.kinds, self.tokens.leaves
        for angle in self.angles:
            index = next(i for i, leaf in enumerate(leaves) if leaf is angle)
            head = index - 2 - sum(1 for _ in takewhile(SIGN.__eq__, reversed(kinds[:index])))
            if kinds[max(head, 0) : head + 2] != [NAME, LPAR]:
                continue
            function = leaves[head]
            if function.id in _OF_DEGREES and kinds[closer_of(kinds, index + 1) + 1] == RPAR:
                leaves[head] = Name(_OF_DEGREES[function.id], function.start, function.end)
                self.tokens.remove(index)

    def inverse(self, name: str, index: int, close: int) -> Doubtful:
        """`sin^-1(x)`."""
        start, end = self.tokens.starts[index], self.tokens.starts[close] + 1
        inner = self.text[self.text.find("(", start) : end]
        both = [f"1/{name}{inner}"]
        if self.is_elementwise(f"a{name}"):
            both.insert(0, f"a{name}{inner}")
        return _two_readings(self.text, start, end, both)

    def insert_products(self) -> None:
        """A factor directly before a name, a call or a bracket multiplies it."""
        tokens, factors = self.tokens, set()
        for index, start in enumerate(tokens.starts[1:]):
            if tokens.starts[index] in self.raised and self.is_operator(index + 1, "^"):
                raise self.two_powers(index)
            if self.is_factor(index) and "\n" not in self.text[tokens.starts[index] : start]:
                self.refuse_two_readings(index)
                factors.add(index)
        tokens.insert_behind(factors, OP, "*")

    def is_factor(self, index: int) -> bool:
        """Whether a number or a bracket ends here, and what it multiplies follows."""
        kind, following = self.tokens.kinds[index : index + 2]
        if kind == RPAR and following == LPAR:
            return self.holds_value(index)
        if kind != NUMBER or following not in (NAME, LPAR) or self.is_foreign(index):
            return False
        if self.tokens.kinds[index + 2] in (ASSIGN, AUGMENT):
            return False
        if self.tokens.starts[index] in self.raised:
            raise self.no_operator(index)
        return True

    def two_powers(self, index: int) -> Doubtful:
        """`x²^3`, `sin²(x)³`."""
        first = operand_begin(self.tokens.kinds, self.base(index))
        start, middle = self.tokens.starts[first], self.tokens.starts[index + 1]
        last = self.operand_end(index + 2 + (self.tokens.kinds[index + 2] == SIGN))
        end = max(self.ends(index + 1, last), middle + 1)
        base, power = self.text[start:middle].rstrip(), self.text[middle:end]
        both = [f"({base}){power}"]
        call = re.fullmatch(r"([^()]*)\((.*)\)", base, re.DOTALL)
        if call is not None:
            both.append(f"{call[1]}(({call[2]}){power})")
        elif (raised := self.tokens.starts[index]) > start:
            both.append(f"{self.text[start:raised]}^({self.word(index, index)}{power})")
        return _two_readings(self.text, start, end, both)

    def holds_value(self, closer: int) -> bool:
        """Whether a bracket is no call's, and holds no function: neither a name nor a choice."""
        kinds = self.tokens.kinds
        opener = opener_of(kinds, closer)
        is_group = not opener or kinds[opener - 1] not in (NAME, *CLOSERS.values())
        inside = kinds[opener + 1 : closer]
        return is_group and inside != [NAME] and not {ARROW, IF}.intersection(inside)

    def base(self, index: int) -> int:
        """The last terminal of what is raised to the number at an index."""
        return index - 2 - (self.tokens.kinds[index - 1] == SIGN)

    def no_operator(self, index: int) -> Doubtful:
        """`x²y`."""
        base = self.base(index)
        start = self.tokens.starts[operand_begin(self.tokens.kinds, base)]
        after = self.tokens.starts[index + 1]
        left, right = self.text[start:after].rstrip(), self.text[after : self.end(index + 1)]
        message = f"expected an operator between `{left}` and `{right}`"
        function = self.text[start : self.end(base)]
        product = f"{function}({right})^{self.word(base + 2, index)}"
        advice = product if self.is_elementwise(function) else f"{left}*{right}"
        place = None if advice == product else after
        return Doubtful(message, after, after + 1, f"write `{advice}`", product=place)

    def ends(self, first: int, last: int) -> int:
        """Where the last of some terminals ends, of which powers may have moved."""
        return max(map(self.end, range(first, last + 1)))

    def end(self, index: int) -> int:
        """Where a terminal ends."""
        leaf = self.tokens.leaves[index]
        return leaf.end if isinstance(leaf, (Name, Number)) else self.tokens.starts[index] + 1

    def is_foreign(self, index: int) -> bool:
        """Whether a number and what touches it are a number of another language: `3j`, `0x10`."""
        number, start = self.tokens.leaves[index], self.tokens.starts[index + 1]
        return number.end == start and bool(_FOREIGN.match(self.text, start))

    def is_operator(self, index: int, operator: str) -> bool:
        """Whether an operator stands at an index."""
        return self.tokens.kinds[index] == OP and self.tokens.leaves[index][0] == operator

    def refuse_two_readings(self, index: int) -> None:
        """`1/2x` is `1/2*x` or `1/(2*x)`."""
        before = operand_begin(self.tokens.kinds, index) - 1
        while before >= 0 and self.tokens.kinds[before] == SIGN:
            before -= 1
        if before < 1 or not any(self.is_operator(before, operator) for operator in _TIGHT):
            return
        if self.is_operator(before, "^") and self.tokens.kinds[before - 1] == NAME:
            self.refuse_power_of_function(before - 1, index)
        first = operand_begin(self.tokens.kinds, before - 1)
        self.refuse_sentence(index + 1)
        last = self.powers_end(self.operand_end(index + 1))
        start, middle = self.tokens.starts[first], self.tokens.starts[index + 1]
        end = self.ends(index + 1, last)
        inner = self.tokens.starts[before + 1]
        left, number = self.text[start:inner], self.text[inner:middle].rstrip()
        right = self.text[middle:end]
        if self.is_elementwise(right) and self.tokens.kinds[last + 1] in (NAME, NUMBER):
            end = self.end(last + 1)
            right += f"({self.text[self.tokens.starts[last + 1] : end]})"
        elif (behind := self.ends(index + 1, self.factors_end(last))) > end:
            right, end = self.text[middle:behind], behind
        right = re.sub(r"π(?=[^\W\d⁰¹²³⁴-⁹⁺⁻])", "π*", right)
        both = [f"{left}{number}*{right}", f"{left}({number}*{right})"]
        raise _two_readings(self.text, start, end, both)

    def factors_end(self, last: int) -> int:
        """The last terminal of the names that follow an operand in its line, as in `3 π r^3`."""
        kinds, starts = self.tokens.kinds, self.tokens.starts
        while kinds[last + 1] == NAME and "\n" not in self.text[starts[last] : starts[last + 1]]:
            last = self.powers_end(self.operand_end(last + 1))
        return last

    def refuse_sentence(self, index: int) -> None:
        """`integrate x^2 dx`, `x^2 from 0`."""
        words = re.findall(r"^\s*([^\W\d]+)(?= )", self.text)
        if words and words[0] in FOREIGN:
            raise foreign(words[0], self.text.index(words[0]))
        if (wrong := differential(self.text, self.tokens.starts[index])) is not None:
            raise wrong
        word = self.text[self.tokens.starts[index] : self.end(index)]
        if word in SENTENCE:
            start = self.tokens.starts[index]
            message = f"`{word}` is not an operator"
            raise Doubtful(message, start, start + len(word), WORDLESS)

    def powers_end(self, last: int) -> int:
        """The last terminal of an operand and the number that it is raised to."""
        if not self.is_operator(last + 1, "^"):
            return last
        number = last + 2 + (self.tokens.kinds[last + 2] == SIGN)
        return number if self.tokens.kinds[number] == NUMBER else last

    def refuse_power_of_function(self, name: int, index: int) -> None:
        """`sin^2 x`."""
        function = self.tokens.leaves[name].id
        if self.is_elementwise(function):
            start, end = self.tokens.starts[name], self.end(index + 1)
            argument = self.text[self.tokens.starts[index + 1] : end]
            power = self.word(name + 2, index)
            message = f"`{function}` needs brackets around its argument"
            if power == "-1":
                both = [f"1/{function}({argument})"]
                if self.is_elementwise(f"a{function}"):
                    both.insert(0, f"a{function}({argument})")
                raise _two_readings(self.text, start, end, both)
            raise Doubtful(message, start, end, f"write `{function}({argument})^{power}`")

    def word(self, first: int, last: int) -> str:
        """A number and the sign before it, as text."""
        sign = self.tokens.leaves[first][0] if first < last else ""
        return f"{sign}{self.tokens.leaves[last].value:g}"


def _two_readings(text: str, start: int, end: int, both: list[str]) -> Doubtful:
    shown = shortened(" ".join(text[start:end].split()), 40)
    short = [" ".join(reading.split()) for reading in both]
    advice = " or ".join(f"`{reading}`" for reading in short if len(reading) <= 60)
    message = f"`{shown}` could mean two things"
    mistake = Doubtful(message, start, end, f"write {advice}" if advice else "write the `*`")
    mistake.readings = tuple(text[:start] + reading + text[end:] for reading in both)
    return mistake
