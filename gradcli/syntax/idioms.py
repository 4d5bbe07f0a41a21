"""How other languages, spreadsheets, notebooks and people write what is written otherwise here.

Tables of patterns and what stands in their place; `elsewhere.py` applies them, in this order.
"""

from __future__ import annotations

import re
import unicodedata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gradcli.syntax.replacing import Rules

STARTS = r"(?:^|(?<=[;\n{]))\s*"
INSIDE = r"[^()]*(?:\([^()]*\)[^()]*)*"
"""What stands between brackets that hold brackets of one more level."""

_CONDITION = r"[^{}:;,=]*(?:[<>]=?|==|!=)[^{}:;,]*"
_TYPE = r"(?:int |let |var )?"
_ITEM = rf"(?:[^(),]|\({INSIDE}\))*"
_ASKED = r"(?:the )?(?:grad|gradient|derivative|diff)(?: of)?"
_BY = r"(?: (?:wrt|by|with respect to) (\w+))?$"


def evenly(first: float, step: float, last: float) -> str:
    """`0:0.1:1` as numbers at even distances."""
    count = int((last - first) / step + 1e-9) if step else -1
    return (
        f"linspace({first:g}, {first + count * step:g}, {count + 1})" if count >= 0 else "range()"
    )


def _holds(cells: str, condition: str) -> str:
    """`A1:A3` and `>1` or `5` as a comparison."""
    sign = re.match("[<>]=?", condition)
    return f"{cells} {condition}" if sign else f"{cells} == {condition.lstrip('=')}"


def pieces(braces: re.Match[str]) -> str:
    """`{x < 0: x^2, x >= 0: x}` as choices in one another."""
    parts = [part.partition(":") for part in braces[1].split(",")]
    choice = "nan" if parts[-1][1] else parts.pop()[0].strip()
    for condition, _, value in reversed(parts):
        choice = f"where({condition.strip()}, {value.strip()}, {choice})"
    return choice


def nth_derivative(asked: re.Match[str]) -> str:
    """`diff(x^3, x, 2)` as a derivative of a derivative."""
    body, name, order = asked.groups()
    return "grad(" * int(order) + body + f", {name})" * int(order)


def _next(number: str) -> str:
    """What follows a whole number, or a name that stands for one."""
    return str(int(number) + 1) if number.isdecimal() else f"{number} + 1"


def _called(formula: re.Match[str]) -> str:
    """`f = x^2; f(3)`, whose formula has one variable, as a function."""
    name, body, point = formula.groups()
    variables = {*re.findall(r"[^\W\d]\w*\b(?!\s*\()", body)} - {"pi", "e", "tau"}
    return (
        f"{name}({variables.pop()}) = {body}; {name}({point})"
        if len(variables) == 1
        else formula[0]
    )


def _plain(body: str) -> str:
    """A formula that is set off by brackets, in which a blank behind a power is a product."""
    return re.sub(r"(\^\d+|[²³])\s+(?=[a-z(])", r"\1*", body)


# fmt: off
CELLS: Rules = [
    (r"\A\s*[\"'“”„«‘]([^\"'“”„«»‘’]*)[\"'“”»’]\s*\Z", r"\1"),
    (r"(?<=[\w)\]])\s*\$\s+(?=\w)", "; "),
    (r"(?:^|(?<=[-+*/^(,= ]))%(pi|e)\b", r"\1"),
    (r"(?<=[\w)])\s*=\s*\?*\s*\Z", ""),
    (r"\{([^{}:;,]*[<>=][^{}:;,]*:[^{};]*)\}", pieces),
    (rf"\A(?:\w+\s*=\s*)?((?!if\b|for\b|while\b)[^={{}}]+?)\s*\{{({_CONDITION})\}}\s*\Z",
     r"where(\2, \1, nan)"),
    (r"\b(?:SUMME|SOMME|SUMA|SOMA|SOMMA)(?=\()", "SUM"),
    (r"\b(?:WENN|SI|SE)(?=\()", "IF"),
    (r"\b(?:MITTELWERT|MOYENNE|PROMEDIO|MEDIA)(?=\()", "AVERAGE"),
    (r"\b(?:WURZEL|RACINE|RAIZ|RADQ)(?=\()", "SQRT"),
    (r"\b\w+!(?=[A-Z]{1,2}\d)", ""),
    (r"\A\s*=(?!=)", ""),
    (r"\b(?:df|data|row|table|d)\$(?=[A-Za-z])", ""),
    (r"\$(?=[A-Za-z])|(?<=[A-Za-z])\$(?=\d)|\$\s*\Z", ""),
    (r"\A\s*\$(?!\d+\b)", ""),
    (r"\bPI\(\)", "pi"),
    (r"\$\.(?=[A-Za-z])", ""),
    (r"\bSUMPRODUCT\(([^(),]+),\s*([^(),]+)\)", r"SUM(\1*\2)"),
    (r"\bSUMSQ\(([^(),]+)\)", r"SUM(\1^2)"),
    (r"\bSUMSQ\(([^()]+)\)", r"SUM([\1]^2)"),
    (r"\bPMT\(([^(),]+),\s*([^(),]+),\s*(?:-([^(),]+)|([^(),]+))\)",
     lambda of: f"{'' if of[3] else '-'}{of[3] or of[4]}*{of[1]}/(1 - (1 + {of[1]})^(-{of[2]}))"),
    (r"\bMMULT\(([^(),]+),\s*([^(),]+)\)", r"\1 @ \2"),
    (r"\b(STDEV|VAR)(?:\.S)?\(([^()]*)\)", r"\1(\2, ddof=1)"),
    (r"\b(STDEV|VAR)\.?P\(", r"\1("),
    (r"\bLOG\(([^(),]+),\s*([^(),]+)\)", r"logb(\1, \2)"),
    (r"\bLINEST\(([^(),]+),\s*([^(),]+)[^()]*\)", r"lstsq(vander(\2, 2), \1)[0]"),
    (r"\bSLOPE\(([^(),]+),\s*([^(),]+)\)", r"lstsq(vander(\2, 2), \1)[0][0]"),
    (r"\bINTERCEPT\(([^(),]+),\s*([^(),]+)\)", r"lstsq(vander(\2, 2), \1)[0][1]"),
    (r"\b(?:CORREL|PEARSON)\(([^(),]+),\s*([^(),]+)\)", r"corrcoef(\1, \2)[0, 1]"),
    (r"\bRSQ\(([^(),]+),\s*([^(),]+)\)", r"corrcoef(\1, \2)[0, 1]^2"),
    (r"\bSUMXMY2\(([^(),]+),\s*([^(),]+)\)", r"SUM((\1 - \2)^2)"),
    (r"\bDEVSQ\(([^(),]+)\)", r"SUM((\1 - mean(\1))^2)"),
    (r"\bGEOMEAN\(([^(),]+)\)", r"exp(mean(log(\1)))"),
    (r"\b(?:PERCENTILE|QUARTILE)(?:\.INC)?\(([^(),]+),\s*([^(),]+)\)", r"quantile(\1, \2)"),
    (r"\bLARGE\(([^(),]+),\s*(\d+)\)", r"sort(\1)[-\2]"),
    (r"\bSMALL\(([^(),]+),\s*(\d+)\)", lambda of: f"sort({of[1]})[{int(of[2]) - 1}]"),
    (r"\bNORM\.?INV\(([^(),]+),\s*([^(),]+),\s*([^(),]+)\)", r"\2 + \3*ndtri(\1)"),
    (r"\bNORM\.?DIST\(([^(),]+),\s*([^(),]+),\s*([^(),]+),\s*(?:TRUE|1)\)",
     r"ndtr((\1 - \2)/\3)"),
    (r"\bNPV\(([^(),]+),\s*([^(),]+)\)", r"SUM(\2/(1 + \1)^range(1, size(\2) + 1))"),
    (r"\b(AND|OR)\(([^(),]+),\s*([^(),]+)\)", lambda of: f"{of[2]} {of[1].lower()} {of[3]}"),
    (r"\bNORM(?:\.S\.DIST|SDIST)\(([^(),]*)[^()]*\)", r"ndtr(\1)"),
    (r"\bSUMIF\(([^(),]+),\s*\"([^\"]+)\"\)",
     lambda of: f"SUM(where({_holds(*of.groups())}, {of[1]}, 0))"),
    (r"\bCOUNTIF\(([^(),]+),\s*\"([^\"]+)\"\)", lambda of: f"SUM({_holds(*of.groups())})"),
    (r"\bAVERAGEIF\(([^(),]+),\s*\"([^\"]+)\"\)",
     lambda of: f"nanmean(where({_holds(*of.groups())}, {of[1]}, nan))"),
    (r"\bINDEX\(([^(),]+),\s*(\d+)\)", lambda of: f"{of[1]}[{int(of[2]) - 1}]"),
    (r"\bIFERROR\(([^()]*(?:\([^()]*\))?[^()]*),\s*([^(),]+)\)", r"where(isfinite(\1), \1, \2)"),
    (r"\bTRANSPOSE\(([^(),]+)\)", r"\1.T"),
    (r"\[@\[?(\w+)\]?\]", r"\1"),
    (r"[€£](?=\d)|\$(?=\d\d|\d\.\d)", ""),
    (r"<>|~=|!==", "!="),
]
SHEETS: Rules = [
    (r"\b(SUM|AVERAGE|PRODUCT|MEDIAN)\(([^()\[]*,[^()]*)\)", r"\1([\2])"),
]
PYTHON: Rules = [
    (r"\bfor\s+(\w+)\s*=\s*(\d+):(\w+)",
     lambda of: f"for {of[1]} in range({of[2]}, {_next(of[3])})"),
    (rf"\bfor\s*\(\s*{_TYPE}(\w+)\s*=\s*(\w+)\s*;\s*\1\s*(<=?)\s*(\w+)\s*;[^(){{}}]*\)",
     lambda of: f"for {of[1]} in range({of[2]}, {_next(of[4]) if of[3] == '<=' else of[4]})"),
    (r"\bin (\d+):(\d+)", lambda span: f"in range({span[1]}, {int(span[2]) + 1})"),
    (r"\b([^\W\d]\w*)\.\(", r"\1("),
    (r"^([^;=|]*?)\s*\|>\s*(\w+)\s*$", r"\2(\1)"),
    (r"^(\w+)\.map\((\(?\w+\)? *=> *.*)\)$", r"vmap(\2)(\1)"),
    (r"\bconsole\.log\(", "print("),
    (rf"((?:^|[;\n])\s*)print\((?:\"[^\"]*\", *|'[^']*', *)*({INSIDE})\)\s*\Z", r"\1\2"),
    (r"\b(\w+)\.toFixed\((\d+)\)", r"round(\1, \2)"),
    (r"\bfloat\((\w+)\)", r"\1"),
    (r"^((?:\w+ *= *[\w.+-]+, *)+)(?=[^=]*$)", lambda values: re.sub(", *", "; ", values[1])),
    (r"^(\w+\([\w, ]+\)): *(?=[^=\s])", r"\1 = "),
    (r"\(([^()]*)#([^()#]*?)\s*&\)\[(.*)\]", r"(x => \1x\2)(\3)"),
    (STARTS + r"(?:import|from)\s[^;\n]*[;\n]?\s*", ""),
    (STARTS + r"with\s[^:\n]*:\s*", ""),
    (STARTS + r"(?:torch|np|tf|random)\.(?:\w+\.)*(?:no_grad|manual_seed|set_\w+|seed)\([^()]*\)"
     r"\s*[;\n]\s*", ""),
    (STARTS + r"(?:assert\s[^;\n]*|\w+\.requires_grad_\(\)|opt\w*\.(?:step|zero_grad)\(\))"
     r"\s*(?:[;\n]\s*|\Z)", ""),
    (r"\.(?:numpy|cuda|cpu|requires_grad_|double|float|contiguous)\(\)|\.to\([^()]*\)", ""),
    (r"((?:^|[;\n])[^;\n]*)\.backward\(\)\s*\Z", r"\1"),
    (r"\b(?:jax|tf|torch)\.(?:jit|function|compile)\(", "("),
    (r"\b(?:tape|t|g|tf)\.gradients?\(", "grad("),
    (r"\b(?:np|torch)\.(?:random\.)?randn\((\w+)\)", r"random_normal(\1)"),
    (r"\b(?:np|torch)\.(?:random\.)?rand\((\w+)\)", r"random_uniform(\1)"),
    (STARTS + r"\w+\.requires_grad\s*=\s*True\s*[;\n]\s*", ""),
    (r"\.grad\.zero_\(\)|\boptimizer\.zero_grad\(\)", lambda call: "zero_grad()"),
    (r"\b(?:torch\.)?autograd\.functional\.(jacobian|hessian)\((.*), ?(\w+)\)", r"\1(\2)(\3)"),
    (r"\blambda\s+(\w+)\s*:\s*", r"\1 => "),
    (r"\blambda\s+(\w[\w\s,]*):\s*", r"(\1) => "),
    (r"\bdef\s+(\w+\([^()]*\))\s*(?:->\s*\w+)?:\s*return\s+", r"\1 = "),
    (r"\b((?:for|while|if)\s[^:;{}\n?]*):\s*([^;\n]+)", r"\1 { \2 }"),
    (r"\[([^\[\],]*?)\s+for\s+(\w+)\s+in\s+(\w+\(.*?\)|\w+)\s+if\s+([^\[\]]*)\]",
     r"[where(\4, \1, 0) for \2 in \3]"),
    (r"\[([^\[\]]*?)\s+for\s+(\w+)\s+in\s+(\w+|\w+\(.*?\)|\[.*?\])\]", r"vmap(\2 => \1)(\3)"),
    (r"\b(\w+)\((.*?)\s+for\s+(\w+)\s+in\s+(\w+|\w+\(.*?\))\)", r"\1(vmap(\3 => \2)(\4))"),
    (r"\b(?:sp|sy|sympy)\.(?=\w)", ""),
    (r"\b(\w+)\s+in\s+(\[[^\[\]]*\])", r"any(\1 == \2)"),
    (r"(?<![\w)\]])\{(\w+)\}", r"\1"),
]
TABLES: Rules = [
    (r"\A\s*\.\[\]\s*\|\s*", ""),
    (r"`(\w+)`", r"\1"),
    (r"\b(\w+)\s+(?i:in)\s+\(([^()]*)\)",
     lambda of: " or ".join(f"{of[1]} == {item.strip()}" for item in of[2].split(","))),
    (r"\A\s*(?:lambda\s+(\w+)\s*:|(\w+)\s*=>)\s*(?=.*\b(?:\1|\2)(?:\.|\[[\"'])\w)",
     lambda row: f"⟦{row[1] or row[2]}⟧"),
    (r"\A⟦(\w+)⟧(.*)", lambda row: re.sub(rf"\b{row[1]}\b(?=\.|\[)", "row", row[2])),
    (r"\b(?:df|data|row|table)\[[\"'](\w+)[\"']\]", r"\1"),
    (r"\b(?:\w+\.)?(?:col|column|lit)\([\"'](\w+)[\"']\)", r"\1"),
    (r"\b(?:df|row)\.(?=\w+\b(?!\())", ""),
    (r"(?<![\w.)\]'])\.(?=[^\W\d]\w*\b(?!\())", ""),
    (r"\A\s*(?i:select)\s+(.*?)(?:\s+(?i:as)\s+\w+)?\s+(?i:from)\s+\S+(?:\s+(?i:where)\s+(.*))?\Z",
     lambda query: f"where({query[2]}, {query[1]}, nan)" if query[2] else query[1]),
    (r"\A\s*(?i:select)\s+", ""),
    (r"\A([^;=(]*?)\s+(?i:as)\s+(\w+)\s*\Z", r"\2 = \1"),
    (r"\b(?i:case)\s+(?i:when)\s+(.*?)\s+(?i:then)\s+(.*?)\s+(?i:else)\s+(.*?)\s+(?i:end)\b",
     r"where(\1, \2, \3)"),
    (r"\b(?i:case)\s+(?i:when)\s+(.*?)\s+(?i:then)\s+(.*?)\s+(?i:end)\b", r"where(\1, \2, nan)"),
    (r"\b(?i:cast)\((\w+)\s+(?i:as)\s+\w+\)|(\w+)::[a-z]\w*(?!\w|\()", r"\1\2"),
    (r"\b(\w+)\s+(?i:is\s+not\s+null)\b", r"not isnan(\1)"),
    (r"\b(\w+)\s+(?i:is\s+null)\b", r"isnan(\1)"),
    (r"\b(\w+)\s+(?i:between)\s+([\w.-]+)\s+(?i:and)\s+([\w.-]+)", r"\2 <= \1 <= \3"),
    (r"\b(?i:nvl|ifnull|coalesce)\((\w+), *([\w.-]+)\)", r"where(isnan(\1), \2, \1)"),
    (r"\b(?i:nullif)\((\w+), *([\w.-]+)\)", r"where(\1 == \2, nan, \1)"),
]
JAVASCRIPT: Rules = [
    (r"===", "=="),
    (r"\bfunction\s+(\w+\([^()]*\))\s*\{\s*return\s+([^;{}]*?)\s*;?\s*\}\s*;?\s*", r"\1 = \2; "),
    (r"\{\s*return\s+([^;{}]*?)\s*;?\s*\}", r"\1"),
    (r"\breturn\s+", ""),
    (r"\b(?:const|let|var|val|double|float)\s+(?=\w+\s*=)", ""),
    (r"\bMath\.(PI|E)\b", lambda constant: constant[1].lower()),
    (r"\bMath\.", ""),
    (r"\b(\w+)(\+|-)\2(?!\s*[\w(])", r"\1 \2= 1"),
    (r"/\*.*?\*/|\s*//(?=\s*\w+ \w+).*", ""),
    (r"(\b[A-Z]{1,2}\d+)?\s*(?<!&)&(?!&)\s*", lambda sign: sign[0] if sign[1] else " and "),
    (r"~", "not "),
    (r"\bif\s*\(([^(){};]*(?:\([^()]*\)[^(){};]*)*,[^{};]*)\)", r"where(\1)"),
    (r"^((?:.*[;\n]|[^?]*?=>)?\s*(?:\w+\s*=(?!=))?\s*)([^?;]+?)\s*\?\s*([^?:;]+?)\s*:\s*",
     r"\1\3 if \2 else "),
]
R: Rules = [
    (r"(?:\bfunction\s*|\\)\((\w+)\)\s*", r"\1 => "),
    (r"\bif\s*\(([^(){};,]*)\)\s*([^(){};,=]+?)\s+else\s+([^(){};,=]+)", r"\2 if \1 else \3"),
    (r"\bexpression\(([^()]*(?:\([^()]*\)[^()]*)*)\)", r"\1"),
    (r"\bD\((.*), *['\"](\w+)['\"]\)", r"D(\1, \2)"),
    (r"\bnumDeriv::(grad|jacobian|hessian)\((\w+), *(\w+)\)", r"\1(\2)(\3)"),
    (r"\s*\|>\s*(\w+\()", r".\1"),
    (r"\b(\w+)\((\w+),\s*na\.rm\s*=\s*T(?:RUE)?\)", r"nan\1(\2)"),
    (r"\bderiv\(~\s*(.*), *['\"](\w+)['\"]\)", r"D(\1, \2)"),
    (r"\bdnorm\((\w+), *(?:mean *= *)?([\w.]+), *(?:sd *= *)?([\w.]+)\)",
     r"norm_pdf((\1 - \2)/\3)/\3"),
    (r"\bp(max|min)\(", r"\1imum("),
    (r"\bapply\((\w+), *([12]), *(\w+)\)",
     lambda rows: f"{rows[3]}({rows[1]}, axis={2 - int(rows[2])})"),
    (r"\b(\w+)\s*%o%\s*(\w+)", r"outer(\1, \2)"),
    (r"\bTRUE\b", "true"),
    (r"\bFALSE\b", "false"),
    (r"\bseq\(([\d.-]+), *(\d+)(?:, *(?:by *= *)?(\d+))?\)",
     lambda row: f"range({row[1]}, {int(row[2]) + 1}{f', {row[3]}' if row[3] else ''})"),
    (r"\brep\(([\w.]+), *(\w+)\)", r"full(\2, \1)"),
    (r"\bpnorm\(([^(),]*)\)", r"ndtr(\1)"),
    (r"\bdnorm\(([^(),]*)\)", r"norm_pdf(\1)"),
    (r"\bqnorm\(([^(),]*)\)", r"ndtri(\1)"),
    (r"\bcrossprod\((\w+), *(\w+)\)", r"\1.T @ \2"),
    (r"\bcrossprod\((\w+)\)", r"\1.T @ \1"),
    (r"\bsd\((\w+)\)", r"std(\1, ddof=1)"),
    (STARTS + r"(\w+)\s*<-\s*", r" \1 = "),
    (r"%/%", "//"),
    (r"%\*%", "@"),
    (r"%%", "%"),
    (r"\bc\(([^()]*)\)", r"[\1]"),
    (r"\bsolve\((\w+)\)\s*@\s*(\w+)", r"solve(\1, \2)"),
    (r"\bsyms\s+[\w\s]+[;\n]\s*", ""),
]
MATHEMATICA: Rules = [
    (r"\bLog\[([^\[\],]+),\s*([^\[\],]+)\]", r"logb(\2, \1)"),
    (r"^(.*?)\s*/\.\s*(\w+)\s*->\s*([-\w.]+)$", r"\2 = \3; \1"),
    (r"\b(\w+)\[(\w+)_\]\s*:?=", r"\1(\2) ="),
    (r"\bE\^", "e^"),
    (r"\bPi\b", "pi"),
    (r"\bN\[([^\[\]]*)\]", r"\1"),
    (r"^([^;=]+?)\s*//\s*([A-Z][a-z]+)\s*$", r"\2[\1]"),
    (r"\bFunction\[(\w+),\s*([^\[\]]*)\]\[([^\[\]]*)\]", r"(\1 => \2)(\3)"),
    (r"\bTable\[([^\[\]]*),\s*\{(\w),\s*(?:1,\s*)?(\d+)\}\]",
     lambda table: f"vmap({table[2]} => {table[1]})(range(1, {int(table[3]) + 1}))"),
    (r"\bPiecewise\[\{\{([^{},]*),\s*([^{},]*)\}\}(?:,\s*([^\[\]]*))?\]",
     lambda parts: f"where({parts[2]}, {parts[1]}, {parts[3] or 0})"),
    (r"\bD\[(.*),\s*\{(\w+),\s*2\}\]", r"grad(grad(\1, \2), \2)"),
    (r"\bD\[(.*),\s*(\w+)\]", r"grad(\1, \2)"),
    (r"\{([^{}=;]*)\}\.\{([^{}=;]*)\}", r"[\1] @ [\2]"),
    (r"(?<![=>\w)])\s*\{([^{}=;]*,[^{}=;]*)\}", r"[\1]"),
]
MATLAB: Rules = [
    (r"\brepeat\s+(\w+)\s*\{", r"for i in range(\1) {"),
    (r"\b(\w+):\s*(\w+)\s*(?:->|→|↦)\s*", r"\1 = \2 => "),
    (r"\b(\w+)\[1:end\]", r"\1[0:]"),
    (r"\b(\w+)\(:\)'\s*\*\s*(\w+)\(:\)", r"\1 @ \2"),
    (r"\b(?:arrayfun)\(@\((\w+)\)\s*(.*), *(\w+)\)", r"vmap(\1 => \2)(\3)"),
    (r"@\((\w+)\)\s*", r"\1 => "),
    (r"@(\([\w\s,]+\))\s*", r"\1 => "),
    (r"(\w+|\([\w\s,]+\))\s*(?:->|→|↦|⇒)\s*(?![\w. ]*[\"'])", r"\1 => "),  # but in "ij->i"
    (r"(?<=[\w)\]])(\s*)\.([*/^])", r"\1\2"),
    (r"\b(\w+)\s*\\\s*(\w+)", r"solve(\1, \2)"),
    (r":=", "="),
    (r"((?:^|[(=,])\s*)([-\d.]+):([\d.]+):([-\d.]+)(?=\s*(?:[),;]|$))", lambda row: row[1] + evenly(
        float(row[2]), float(row[3]), float(row[4]))),
    (r"((?:^|[(=,])\s*)(\d+):([a-z]\w*)(?=\s*(?:[),;]|$))", r"\1range(\2, \3 + 1)"),
    (r"((?:^|[(=,])\s*)(\d+):(\d+)(?=\s*(?:[),;]|$))",
     lambda span: f"{span[1]}range({span[2]}, {int(span[3]) + 1})"),
    (r"\b(?:ForwardDiff|Zygote)\.(?:derivative|gradient)\((\w+ => .*), *([\w.-]+|\[[^\[\]]*\])\)",
     r"grad(\1)(\2)"),
    (r"\b(?:D|diff|deriv(?:ative)?)\((\w+)\)(?=\()", r"grad(\1)"),
    (r"\bsapply\((.*?), *(\w+ => .*)\)", r"vmap(\2)(\1)"),
    (r"\b(?:list\()?map\((\w+ => .*?), *(\w+|\[.*?\]|range\(.*?\))\)+", r"vmap(\1)(\2)"),
]
WORDS: Rules = [
    (r"^let\s+(.*?)\s+in\s+(.*)$", r"\1; \2"),
    (r"^(.*?)\s*\|_?\{?\s*([^\W\d]\w*)\s*=\s*([-+.\w]+)\}?$", r"\2 = \3; \1"),
    (r"(?<=[\w)])\s*,?\s+(?:find|compute|evaluate|then|what is)\s+", "; "),
    (r"⌊([^⌊⌋]*)⌋", r"floor(\1)"),
    (r"⌈([^⌈⌉]*)⌉", r"ceil(\1)"),
    (r"(?<![\w.)])(\d+) (\d+)/(\d+)(?![\w.])", r"(\1 + \2/\3)"),
    (r"\b(\d+)\s*P\s*(\d+)\b", lambda of: f"{of[1]}!/{int(of[1]) - int(of[2])}!"),
    (r"\b(?:nPr|npr|perm)\((\w+), *(\w+)\)", r"\1!/(\1 - \2)!"),
    (r"\b(?:nCr|ncr)\((\w+), *(\w+)\)", r"binom(\1, \2)"),
    (r"^(.*?)\s+(?:in|to) degrees$", r"rad2deg(\1)"),
    (r"\b(sum|prod)\s+(?:of\s+|from\s+)?(\d+)\s+to\s+(\d+)",
     lambda of: f"{of[1]}(range({of[2]}, {int(of[3]) + 1}))"),
    (r"(?<![\w.])(\d+)\s*\.\.+\s*(\d+)(?![\w.])",
     lambda of: f"range({of[1]}, {int(of[2]) + 1})"),
    (r"\b(mean|average|median|std|var)\(([-\w.]+(?:, *[-\w.]+){2,})\)", r"\1([\2])"),
    (r"\b(sum|prod)\((-?[\d.]+(?:, *-?[\d.]+){2,})\)", r"\1([\2])"),
    (r"\b(sqrt|cbrt|sin|cos|tan|log|ln|exp|abs|factorial) of (?:the )?([\d.]+|[a-z]\b)",
     r"\1(\2)"),
    (r"(?<!cube )(?<!cubic )\b(?:square )?root (?:of )?(\d+|[a-z]\b)(?! line)", r"sqrt(\1)"),
    (r"‖([^‖]+)‖([₀-₉])", lambda of: f"norm({of[1]}, {unicodedata.digit(of[2])})"),
    (r"[₀-₉]", lambda digit: unicodedata.normalize("NFKC", digit[0])),
    (r"\|\|([^|]+)\|\|_(\d|inf)", r"norm(\1, \2)"),
    (r"\|\|([^|]+)\|\|", r"norm(\1)"),
    (r"‖([^‖]+)‖_(\d|inf)", r"norm(\1, \2)"),
    (r"‖([^‖]+)‖_F\b", r"norm(\1)"),
    (r"³√(\w+|\([^()]*\))", r"cbrt(\1)"),
    (r"(?:⁴√|∜)(\w+|\([^()]*\))", r"(\1)^(1/4)"),
    (r"\b(sin|cos|tan)(\d[\d.]*°)", r"\1(\2)"),
    (r"(\d+)°(\d+)['′](?![\w(])", r"(\1 + \2/60)°"),
    (r"(?<![.\w])log\(([^(),]+), *(?:base *= *)?([^(),=]+)\)", r"logb(\1, \2)"),
    (r"\blog_([a-z])\(([^(),]+)\)", r"logb(\2, \1)"),
    (r"\blog_(\d+) +(\w+)", r"log_\1(\2)"),
    (rf"^({_ASKED}) (\w+),?\s+(?:where|with|for|if)\s+\2(?:\(\w+\))?\s*=(?!=)\s*(.+)$", r"\1 \3"),
    (r"\b4\s*\*\s*a\(1\)", "pi"),
    (r"\be\((?=.)", "exp("),
    (r"(?<![\w.])l\((?=.)", "log("),
    (r"\A\s*([\d.]+)\s+([\d.]+)\s*([-+*/^])\s*\Z", r"\1 \3 \2"),
    (r"\A(\([^A-Z'=;]*[-+*/^²³(][^A-Z'=;]*\))'\Z", r"derivative\1"),
    (r"\b(pi|tau)\s*\(|(π)\s*\(", r"\1\2*("),
    (r"\b([a-z]{2,}\d*) +(-\d[\d.]*)(?=\s*(?:$|[;)+*/]))", r"\1(\2)"),
    (r"\b(\d+)\s*(?:nCr|C)\s*(\d+)\b", r"binom(\1, \2)"),
    (r"(?<=[\dπi)])\s+rad(?:ians?)?\b", ""),
    (r"<\s*([\w.]+)\s*,\s*([\w.]+)\s*>", r"\1 @ \2"),
    (r"⟨\s*([\w.]+)\s*,\s*([\w.]+)\s*⟩", r"\1 @ \2"),
    (r"([a-z])(?:'|ᵀ|\^T\b|\^⊤)\s*([A-ZΣΛΩ])\s*([a-z])\b(?!\()", r"\1.T @ \2 @ \3"),
    (r"([a-z])(?:'|ᵀ|\^⊤)\s*(?=[a-z]\b(?!\())|ᵀ\s*(?=[A-Za-z])", r"\1.T @ "),
    (r"ᵀ|\^⊤", ".T"),
    (r"\(([^()]+)\)\^?\+(?=\s*(?:$|[;)]))", r"max(\1, 0)"),
    (r"\(1\s*([+-])\s*([\d.]+)\s*%\)", r"(1 \1 \2/100)"),
    (r"\^T\b\s*(?=\w)", ".T @ "),
    (r"\^T\b", ".T"),
    (r"∇(\w+)(?=\()", r"grads(\1)"),
    (r"\bd(\w+)/d\w+\(", r"\1'("),
    (r"(?:σ|\bsigma)('*)\(", r"sigmoid\1("),
    (r"Γ\(", "gamma("),
    (rf"(?:\bN|Φ)\(({_ITEM})\)", r"ndtr(\1)"),
    (rf"(?:\bN'|φ)\(({_ITEM})\)", r"norm_pdf(\1)"),
    (r"(?<=\d)['′’](?=\d{3})", ""),
    (r"(?<![\w.])(\d{1,3}(?: \d{3})+),(\d+)\b", r"\1.\2"),
    (r"(?<![\w.])(\d{1,3}) (?=\d{3}\b)", r"\1"),
    (r"(?<![\w.])\d{1,3}(?:\.\d{3}){2,}(?![\w.])", lambda number: number[0].replace(".", "")),
    (r"\A\s*(?:what(?:'s| is)|find|compute|calculate|evaluate|show(?: me)?|give me)\s+", ""),
    (r"\?\s*\Z", ""),
    (r"^(.*?)\s*(?:,|\b(?:where|with|when|at|for|if)\b)\s*(\w+)\s*=\s*([-+.\w]+)$", r"\2 = \3; \1"),
    (rf"\b(?:the )?(?:second|2nd) derivative of (.*?){_BY}",
     lambda words: f"d²/d{words[2] or 'x'}² {words[1]}"),
    (rf"\b(?:(?:the )?(?:derivative|gradient|slope) of|differentiate) (?!.*,)(.*?){_BY}",
     lambda words: f"d/d{words[2] or 'x'} ({words[1]})"),
    (r"\b[d∂]\w*\s*/\s*[d∂](\w+) of (.*)$", r"d/d\1 (\2)"),
    (r"([d∂]\s*/\s*[d∂]\w+)\s*\[(.*)\]", r"\1 (\2)"),
    (r"^(.*?)\s*\b(?:where|with)\b\s*(\w+\([\w, ]+\))\s*=(?!=)\s*(.+)$", r"\2 = \3; \1"),
    (r"\b(\w+) = ([^;=]*); *\1\(([-\d.]+)\)$", _called),
    (r"^(\w+)(\(\w+\))( = .*?),\s*(?=\1\([^()]*\)$)", r"\1\2\3; "),
    (r"^(.*?)\s+(?:where|when|if)\s+([^=;]*(?:[<>]=?|==)(?:(?!else)[^;])*)$",
     r"where(\2, \1, nan)"),
    (r"\blog base (\w+) (?:of )?\(?(\w+)\)?", r"logb(\2, \1)"),
    (r"\bsquare root of (\w+)", r"sqrt(\1)"),
    (r"\bcub(?:e|ic) root of (\w+)", r"cbrt(\1)"),
    (r"\b(\w+)\s+choose\s+(\w+)", r"binom(\1, \2)"),
    (r"\b(\w+)\s+cross\s+(\w+)", r"cross(\1, \2)"),
    (r"\s+mod\s+", " % "),
    (r"\s+div\s+", " // "),
    (r"\s+dot\s+", " @ "),
    (r"\s+squared\b", "^2"),
    (r"\s+cubed\b", "^3"),
    (r"\s+to the power (?:of )?", "^"),
    (r"\s+plus\s+", " + "),
    (r"\s+minus\s+", " - "),
    (r"\s+times\s+", "*"),
    (r"\s+(?:over|divided by)\s+", "/"),
    (r"\b(sin|cos|tan)(?:e|ine|gent)\b(?! line)(?: of)?", r"\1"),
    (r"([\d.]+)\s*%\s+(?:tip |tax |interest )?(?:of|on)\s+", r"\1/100*"),
    (r"(?<![+\-\d.])(?<![+\-] )([\d.]+)\s*%(?=\s*(?:[*/);]|$))", r"\1/100"),
    (r"(?<=[(*,/])(\s*-\s*[\d.]+)\s*%(?=\s*(?:[*/);,]|$))", r"\1/100"),
    (r"\b([\d.]+)\s*deg(?:rees)?\b", r"\1°"),
]
DERIVATIVES: Rules = [
    (rf"\b(?:diff|deriv|derivative|D)\(({INSIDE}),\s*([^\W\d]\w*),\s*([1-4])\)", nth_derivative),
    (r"(?<!\w)[d∂](?:\^2|²)\s*/\s*[d∂]([^\W\d])\s*[d∂]([^\W\d])\s*\(?(.*?)\)?$",
     r"grad(grad(\3, \1), \2)"),
    (rf"\b(?:diff|deriv|derivative|differentiate|D)\(({INSIDE}),\s*([^\W\d]\w*)\)",
     r"grad(\1, \2)"),
    (rf"(?<!\w)[d∂]\s*\(({INSIDE})\)\s*/\s*[d∂](\w+)",
     lambda of: f"grad({_plain(of[1])}, {of[2]})"),
    (r"(?<!\w)[d∂](?:\^2|²)\s*/\s*[d∂](\w+?)(?:\^2|²)\s*(?=[^\W_]|[(√|])(.*)$",
     r"grad(grad(\2, \1), \1)"),
    (r"(?<!\w)[d∂]\s*/\s*[d∂](\w+)\s*\(([^=]*)\)(?=\s*(?:=|$))", r"grad(\2, \1)"),
    (r"(?<!\w)[d∂]\s*/\s*[d∂](\w+)\s+(?=[^\W_]|[(√|])([^=\n]*?)(?=\s*(?:=|$))", r"grad(\2, \1)"),
]
# fmt: on
