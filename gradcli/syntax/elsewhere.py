"""A text as other languages, spreadsheets, notebooks and people write it, as it is written here.

Loaded for the help of an error. What comes out need not be a program; whoever asks looks.
"""

from __future__ import annotations

import re
import unicodedata

from gradcli.syntax import idioms
from gradcli.syntax.bare import TIMES, argument
from gradcli.syntax.latex import from_latex
from gradcli.syntax.products import sign_between
from gradcli.syntax.replacing import compiled, replaced
from gradcli.syntax.sums import with_cells, with_ranges
from gradcli.syntax.tables import WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from gradcli.syntax.products import Ranks

    IsFunction = Callable[[str], bool]

_LONGEST = 400
"""Characters of a text that is looked at."""

_WIDEST = 16
_BLANK = re.compile(rf"\s{{{_WIDEST},}}")
_REPEATED = re.compile(r"(.{1,12}?)\1{24}", re.DOTALL)
"""What nobody writes as a formula, and rules that look for two things might try in all ways."""

_CELLS, _SHEETS = compiled(idioms.CELLS), compiled(idioms.SHEETS)
_SIGNS = compiled(
    idioms.PYTHON,
    idioms.TABLES,
    idioms.JAVASCRIPT,
    idioms.R,
    idioms.MATHEMATICA,
    idioms.MATLAB,
    idioms.WORDS,
)
_QUESTIONS = compiled(idioms.DERIVATIVES)
"""What is written so elsewhere, and how it is written here; each is tried in turn."""

_ABOVE = "¹²³⁰-⁾ⁱⁿˣʸᵃᵇᵈᵉᵏᵐᵖᵗᵀ"
"""Digits, signs, brackets and letters above the line."""

_ALIKE = str.maketrans("асеорхуАВЕКМНОРСТХ", "aceopxyABEKMHOPCTX")
"""Cyrillic letters, and those that they look like."""


def rewritten(
    text: str, is_function: IsFunction, given: Collection[str] = (), ranks: Ranks | None = None
) -> str:
    """The text with all that is known of other notations put into this one's.

    Names that values are `given` to stay as they are; `ranks` are those of the values, as far as
    they are known.
    """
    text = _BLANK.sub(lambda run: run[0][: _WIDEST // 2], text)
    if len(text) > _LONGEST or _REPEATED.search(text):
        return text
    text = _sheet(with_ranges(_raised(text.translate(_ALIKE))))
    if not {"x", "X"}.intersection(given):
        text = re.sub(r"(?<![\w.])([1-9][\d.]*)( ?)[xX]\2(?=\d)", r"\1\2*\2", text)
    text = _of_arrays(from_latex(text), given, ranks or {})
    text = replaced(_matrix_products(text), _SIGNS)
    text = _transposes(_arrays(_fractions(_brackets(text, is_function, given))), given)
    text = _split(_calls(text, is_function), is_function, given, ranks or {})
    text = _multiplied(text, is_function)
    text = replaced(_bracketed(_derived(text, is_function), is_function), _QUESTIONS)
    return _with_value(_equation(_ratios(text.replace(TIMES, "*")).strip().rstrip(";")))


def _sheet(text: str) -> str:
    """`=SUM(A1:A3)`, `df$S`."""
    is_formula = re.match(r"\s*=(?!=)", text)
    text = replaced(text, _CELLS)
    return replaced(with_cells(text.replace(";", ",")) if is_formula else text, _SHEETS)


def _derived(text: str, is_function: IsFunction) -> str:
    """`gradient(x^2)`, `grad x^2`: the derivative of a formula of one variable."""
    words = r"(?:d|diff|derivative|differentiate|gradient|nabla|∇|grad|slope)"
    asked = re.fullmatch(rf"{words} ?\((.*)\)|{words} +([^=;]*)", text.strip())
    body = asked and (asked[1] or asked[2])
    if not body or "," in body or body.isidentifier() or not _is_closed(body):
        return text
    names = {n for n in re.findall(r"[^\W\d]\w*(?!\w*\()", body) if not is_function(n)}
    variables = sorted(names - {"pi", "e", "tau", *WORDS})
    if len(variables) > 1 and re.match("grad|nabla|∇", text.strip()):
        return f"grad({body}, ({', '.join(variables)}))"
    return f"grad({body}, {variables[0]})" if len(variables) == 1 else text


def _is_closed(text: str) -> bool:
    """Whether no bracket closes what was opened before the text."""
    depth = [text[:i].count("(") - text[:i].count(")") for i in range(len(text) + 1)]
    return min(depth) >= 0 == depth[-1]


def _fractions(text: str) -> str:
    """`½x`, `2½`."""
    for char in {c for c in text if "\u2044" in unicodedata.normalize("NFKC", c)}:
        fraction = unicodedata.normalize("NFKC", char).replace("\u2044", "/")
        text = re.sub(rf"(\d+){char}", rf"(\1 + {fraction})", text).replace(char, f"({fraction})")
    return text


def _raised(text: str) -> str:
    """`e⁻ˣ`, `x^⁻¹`, `xⁿ⁺¹`: powers above the line that are no whole numbers, or behind a `^`."""

    def power(run: re.Match[str]) -> str:
        plain = unicodedata.normalize("NFKC", run[2]).replace("\u2212", "-")
        if plain == "T" or (not run[1] and re.fullmatch(r"[+-]?\d+", plain)):
            return run[0]
        return f"^{plain}" if re.fullmatch(r"-?\w+", plain) else f"^({plain})"

    return re.sub(rf"(\^?)([{_ABOVE}]+)", power, text)


def _arrays(text: str) -> str:
    """`[1 2 3]`, `[1 2; 3 4]`."""
    return re.sub(r"(?<![\w)\]'])\[([^\[\]]*)\]", _array, text)


def _array(brackets: re.Match[str]) -> str:
    if re.search(r"[A-Za-z)]\s+[-+*/]\s", brackets[1]) and not re.search("[,;]", brackets[1]):
        return f"({brackets[1]})"
    rows = [row.strip() for row in brackets[1].split(";")]
    rows = [re.sub(r"(?<=[\w.)])\s+(?=[-\w(])(?!-\s)", ",", row) for row in rows]
    if not any("," in row for row in rows):
        return f"[{', '.join(rows)}]"
    return f"[{rows[0]}]" if len(rows) == 1 else f"[{','.join(f'[{row}]' for row in rows if row)}]"


def _matrix_products(text: str) -> str:
    """`[1 2; 3 4]*b`: MATLAB's product of matrices, whose elementwise one is `.*`."""
    if not re.search(r"\[[^\[\],]*[\w.)]\s+[-\w.(][^\[\],]*\]", text):
        return text
    names = re.findall(r"\b([^\W\d]\w*)\s*=\s*(?=\[)", text)
    operands = [r"\[[^\[\]]*\]", r"inv\([^()]*\)", *(rf"\b{name}\b" for name in names)]
    text = re.sub(rf"({'|'.join(operands)})'", r"\1.T", text)
    matrix = rf"(?:{'|'.join(operands)})(?:\.T)?"
    text = re.sub(rf"({matrix})\s*\*\s*(?={matrix})", r"\1 @ ", text)
    text = re.sub(rf"({matrix})\s*\\\s*({matrix})", r"solve(\1, \2)", text)
    return re.sub(rf"({matrix})\s*\^\s*(\d+)", r"matrix_power(\1, \2)", text)


def _of_arrays(text: str, given: Collection[str], ranks: Ranks) -> str:
    """`A⁻¹b` and `A^-1 @ b` of a matrix, `x . y` of names that have values."""
    for name in (name for name, rank in ranks.items() if rank > 1):
        inverse = rf"\b{name}\s*(?:⁻¹|\^\s*-1\b|\^\s*\(-1\))"
        text = re.sub(rf"{inverse}\s*[*@]?\s*(?=[A-Za-z(])", f"inv({name}) @ ", text)
        text = re.sub(inverse, f"inv({name})", text)
    names = "|".join(map(re.escape, given))
    return re.sub(rf"\b({names})\s*\.\s*({names})\b(?!\()", r"\1 @ \2", text) if given else text


def _transposes(text: str, given: Collection[str]) -> str:
    """`x'*A*x`, `t(x) @ A`: where `'` transposes a matrix, `*` is the product of matrices."""
    if "t" not in given:
        matrix = r"\w+" if " @ " in text else r"[A-Z]\w*"
        text = re.sub(rf"(?<![.\w])t\(({matrix})\)", r"\1.T", text)
    if not re.search(r"[\w)\]]'\s*\*", text) or re.search(r"\d\s*\*|[,(]\s*'", text):
        return re.sub(r"(?<=[A-Z\])])'(?=\s*(?:$|;))", _transposed, text)
    return re.sub(r"\s*\*\s*", " @ ", text.replace("'", ".T"))


def _transposed(mark: re.Match[str]) -> str:
    """`A'`, if A is no function of the text."""
    name = re.search(r"\w*$", mark.string[: mark.start()])
    is_function = name and name[0] and re.search(rf"\b{name[0]}\(", mark.string)
    return "'" if is_function else ".T"


_OTHER_NAMES = dict(
    pair.split("=")
    for pair in """
    AVERAGE=mean POWER=pow LOG=log10 FACT=factorial COMBIN=binom INT=floor CEILING=ceil
    MINVERSE=inv MDETERM=det COUNT=size STDEV=std IF=where If=where Total=sum Mean=mean
    ifelse=where iif=where iff=where length=size signum=sign disp=print cat=print
    tg=tan ctg=cot cotg=cot arctg=atan sen=sin arcsen=asin cosec=csc sh=sinh ch=cosh th=tanh
    tr=trace cth=coth tgh=tanh senh=sinh raiz=sqrt wurzel=sqrt racine=sqrt
    """.split()
)
"""Functions that have another name here, or mean something else under theirs."""


def _name(word: str, is_function: IsFunction) -> str:
    """The function of another name; "" if there is none."""
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).lower().replace("re_lu", "relu")
    other = next(filter(is_function, (_OTHER_NAMES.get(word, word.lower()), snake)), "")
    return "" if is_function(word) else other


def _brackets(text: str, is_function: IsFunction, given: Collection[str]) -> str:
    """`Sin[x]`, `f[3]` of a function of the text: calls in square brackets."""
    own = re.findall(r"\b(\w+)\([\w, ]+\) =(?!=)", text)

    def call(written: re.Match[str]) -> str:
        word, marks, inside = written.groups()
        name = _name(word, is_function)
        if word in own or (is_function(word) and word not in given):
            name = word
        return f"{name}{marks}({inside})" if name else written[0]

    text = re.sub(r"\b([^\W\d]\w*)('*)\{([^{}=;]*)\}", call, text)
    before = ""
    while before != text:
        before = text
        text = re.sub(r"\b([^\W\d]\w*)('*)\[([^\[\]]*)\]", call, text)
    return text


def _calls(text: str, is_function: IsFunction) -> str:
    """`SUM(x)`, `IF(x>0; 1; 2)`, `nn.ReLU()(x)`: names of functions."""
    text = re.sub(rf"\({idioms.INSIDE}\)", lambda inside: inside[0].replace(";", ","), text)
    text = re.sub(
        r"\bnn\.([A-Z]\w+)\(([^()]*=[^()]*)\)\(([^()]*)\)",
        lambda layer: f"{_layer(layer[1], is_function)}({layer[3]}, {layer[2]})",
        text,
    )
    text = re.sub(r"\bnn\.([A-Z]\w+)\(\)", lambda layer: _layer(layer[1], is_function), text)
    return re.sub(
        r"(?<![.\w])([^\W\d]\w+)(?=\()", lambda call: _name(call[1], is_function) or call[0], text
    )


_OF_FUNCTIONS = frozenset(
    "grad grads value_and_grad value_and_grads jacobian hessian jacfwd jacrev vmap".split()
)
"""What gives a function, which can be called."""


def _multiplied(text: str, is_function: IsFunction) -> str:
    """`sin(x)(x + 1)`: a call has a number, which is no function."""

    def product(call: re.Match[str]) -> str:
        is_own = re.search(rf"\b{call[1]}\([\w, ]*\)\s*=(?!=)", text)
        has_value = is_function(call[1]) and call[1] not in _OF_FUNCTIONS
        return f"{call[0]}*" if has_value and not is_own else call[0]

    return re.sub(rf"(?<![\w.])([^\W\d]\w*)\({idioms.INSIDE}\)(?=\()", product, text)


def _layer(name: str, is_function: IsFunction) -> str:
    """`ReLU`, `MSELoss`, `CrossEntropyLoss` as functions."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    names = (name.lower(), words, words.removesuffix("_loss"))
    other = next(filter(is_function, names), f"nn.{name}()")
    return f"F.{other}" if other == "cross_entropy" else other


_NAME = re.compile(r"(?<![^\W\d])(?<!\.)[^\W\d][^\W⁰-⁹¹²³]*(?!\.)")


def _split(text: str, is_function: IsFunction, given: Collection[str], ranks: Ranks) -> str:
    """`πr²`, `xsin(x)`, `sinx`, and `xy` of a given `x` and `y`."""

    def factors(found: re.Match[str]) -> str:
        word = found[0]
        if len(word) > 2 and _is_factor(word, text, found, is_function, given):
            return f"{word[0]}*{word[1:]}"
        if word in given or word in WORDS or word in ("pi", "tau"):
            return word
        if is_function(word):
            is_called = text.startswith("(", found.end())
            return word if is_called else _product(word, given, ranks) or word
        if "π" in word and len(word) > 1 and word[0] not in "ij":
            return TIMES.join(filter(None, re.split("(π)", word)))
        if text.startswith("(", found.end()):
            return _before_call(text, word, is_function, given)
        return _of_letter(word, is_function, given) or _product(word, given, ranks) or word

    return _NAME.sub(factors, text)


def _is_factor(
    word: str, text: str, found: re.Match[str], is_function: IsFunction, given: Collection[str]
) -> bool:
    """Whether a function such as the `acos` of `2acos(b)` is a factor and a shorter one.

    The factor has a value, and nothing else in the text stands for it.
    """
    is_called = text.startswith("(", found.end()) and is_function(word[1:])
    return is_called and word[0] in given and not re.search(rf"\b{word[0]}\b", text)


def _before_call(text: str, word: str, is_function: IsFunction, given: Collection[str]) -> str:
    """`xsin` before a bracket: a factor, which the text or a value names too, and a function."""
    if product := _product(word, given, {}):
        return f"{product}*"
    for i in range(1, len(word) - 1):
        left, right = word[:i], word[i:]
        known = left in given or re.search(rf"(?<!\w){left}(?!\w)", text)
        if known and is_function(right):
            return f"{left}*{right}"
    return word


def _of_letter(word: str, is_function: IsFunction, given: Collection[str]) -> str:
    """`sinx`, `cosxy` of a given `xy`."""
    for i in range(2, len(word)):
        left, right = word[:i], word[i:]
        if is_function(left) and (right in given or re.fullmatch(r"[^\W\d]\d*", right)):
            return f"{left}({right})"
    return ""


def _product(word: str, given: Collection[str], ranks: Ranks) -> str:
    """`xy`, `w0x0`, `Se` as factors that have values, or are constants; matrices by `@`."""
    letters = re.findall(r"[^\W\d_]\d*", word)
    if "".join(letters) != word or len(letters) < 2 or not {*given, "e"}.issuperset(letters):
        return ""
    if set(letters) == {"e"}:
        return ""
    product: str = letters[0]
    last, *others = letters
    for letter in others:
        product += sign_between(last, letter, ranks) + letter
        last = letter
    return product


def _bracketed(text: str, is_function: IsFunction) -> str:
    """`sin x`."""
    text = re.sub(
        r"\b([^\W\d]\w+) *\|([^|]+)\|",
        lambda bars: f"{bars[1]}(|{bars[2]}|)" if is_function(bars[1]) else bars[0],
        text,
    )
    start = 0
    while words := _APPLIED.search(text, start):
        name, start = words[1], words.end()
        is_own = re.search(rf"\b{name}\([\w, ]+\)\s*=(?!=)", text)
        found = argument(text, start, name, is_function) if is_own or is_function(name) else None
        is_angle = name in _OF_ANGLES and found and re.fullmatch(r"[\d.]+", text[start : found.end])
        if found is not None and len(found.readings) == 1 and not is_angle:
            text = text[: words.start()] + found.readings[0] + text[found.end :]
            start = words.start() + len(found.readings[0])
    start = 0
    while words := _POWER_AND_ARGUMENT.search(text, start):
        name, power, operand = words.groups()
        start = words.start(3)
        if is_function(name) and not is_function(operand) and operand not in WORDS:
            call, behind = f"{name}({operand}){power.strip()}", text[words.end() :]
            sign = "*" if re.match(r" +[^\W\d]\w*\(", behind) else ""
            text = text[: words.start()] + call + sign + (behind.lstrip() if sign else behind)
    return text


_OF_ANGLES = frozenset("sin cos tan sec csc cot".split())
"""Functions of a number that may be meant in degrees, which the parser tells."""

_ENDS = r"(?![\w(\[.°]|\s*(?:\^|[²³]))"
_APPLIED = re.compile(r"(?<![^\W\d])([^\W\d]\w*) +(?=[\w.]|-\w)")
_POWER_AND_ARGUMENT = re.compile(rf"\b([^\W\d][^\W²³]+) *(\^ *\d+ |[²³]) *(\w+){_ENDS}")
"""`sin x`, and `sin^2 x`."""


_DEFINED = re.compile(r"\b(\w+)\(([\w, ]+)\)\s*=(?!=)")
_ASSIGNED = re.compile(r"(?:^|[;\n{])\s*([^\W\d]\w*)\s*=(?!=)")


def _ratios(text: str) -> str:
    """`dy/dx` and `d²y/dx²` of a `y` that the text assigns."""
    assigned, defined = set(_ASSIGNED.findall(text)), dict(_DEFINED.findall(text))

    def derivative(ratio: re.Match[str]) -> str:
        twice, y, x, point = ratio.groups()
        if y not in assigned and y not in defined:
            return ratio[0]
        names, point = defined.get(y, ""), point or ""
        if point and point.count(",") != names.count(","):
            return ratio[0]
        numbers = zip(names.split(","), point.split(","), strict=False) if point else ()
        values = "".join(f"{name.strip()} = {number.strip()}; " for name, number in numbers)
        y += f"({names})" if names else ""
        return values + (f"grad(grad({y}, {x}), {x})" if twice else f"grad({y}, {x})")

    pattern = (
        r"(?<!\w)[d∂](\^?2|²)?([^\W\d]\w*?)\s*/\s*[d∂]([^\W\d]\w*?)(?:\^?2|²)?(?!\w)"
        r"(?:\(([-\d., ]+)\))?"
    )
    return _primed(re.sub(pattern, derivative, text))


def _primed(text: str) -> str:
    """`f = x^2; f'` of a formula of one variable."""
    asked = re.fullmatch(r"(\w+)\s*=\s*([^;=]+);\s*\1'", text.strip())
    if asked is None:
        return text
    variables = {*re.findall(r"[^\W\d]\w*(?!\w*\()", asked[2])} - {"pi", "e", "tau", *WORDS}
    name, formula = asked.groups()
    return f"{name} = {formula}; grad({name}, {variables.pop()})" if len(variables) == 1 else text


def _equation(text: str) -> str:
    """`x^2 + y^2 = 25` as a comparison; of `dy/dx = 2x` and `y' = 2x` the right side."""
    equation = re.fullmatch(r"([^=;\n<>!:]+?)\s*=\s*([^=;\n]+)", text)
    if equation is None:
        return text
    left, right = equation.groups()
    if re.fullmatch(r"[d∂]\w*\s*/\s*[d∂]\w+|\w+'+(?:\(\w+\))?", left):
        return right
    is_formula = _is_closed(left) and re.search(r"[-+*/^²³√](?!$)|^\d", left)
    return f"{left} == {right}" if is_formula else text


def _with_value(text: str) -> str:
    """A program that is nothing but a function, as its body; one that ends with one, called."""
    function = re.fullmatch(r"(?:\w+|\(\w+\)) => ([^{]*)", text)
    if function is not None:
        return function[1]
    definition = re.search(r"(?:^|;)\s*(\w+\([\w, ]*\)) ?=(?!=)[^;]*$", text)
    if definition is None:
        named = re.search(r"(?:^|;)\s*(\w+)(\([\w, ]*\)'*) ?=(?!=).*;\s*\1('*)\s*$", text)
        return f"{text[: named.start(3)]}{named[3]}{named[2]}" if named else text
    return f"{text}; {definition[1]}"
