"""How operations are written where that is not `name(operands)`, by the operation's name.

A template holds the operands as `{0:6}`: operand 0, in brackets if it binds less than 6. The number
beside it is how strongly the whole binds: 5 for sums, 6 for products, 7 for signs, 8 for powers.
"""

from __future__ import annotations

NOTATIONS: dict[str, tuple[str, int]] = {
    "add": ("{0:5} + {1:5}", 5),
    "sub": ("{0:5} - {1:6}", 5),
    "mul": ("{0:6}*{1:6}", 6),
    "div": ("{0:6}/{1:7}", 6),
    "floordiv": ("{0:6}//{1:7}", 6),
    "mod": ("{0:6} % {1:7}", 6),
    "neg": ("-{0:7}", 7),
    "pos": ("{0}", 10),
    "reciprocal": ("1/{0:7}", 6),
    "square": ("{0:9}^2", 8),
    "cube": ("{0:9}^3", 8),
    "pow": ("{0:9}^{1:8}", 8),
    "power_less_1": ("{0:9}^({1:5} - 1)", 8),
    "power_log_0": ("{0:9}^{1:8}*log({0})", 6),
    "hypot_share": ("{0:6}/hypot({0}, {1})", 6),
    "lt": ("{0:5} < {1:5}", 4),
    "le": ("{0:5} <= {1:5}", 4),
    "gt": ("{0:5} > {1:5}", 4),
    "ge": ("{0:5} >= {1:5}", 4),
    "eq": ("{0:5} == {1:5}", 4),
    "ne": ("{0:5} != {1:5}", 4),
    "not": ("not {0:4}", 3),
    "and": ("{0:3} and {1:3}", 2),
    "or": ("{0:2} or {1:2}", 1),
    "gate": ("({0})*{1:6}", 6),
    "tie_share": ("where({0} == {1}, 0.5, {0} > {1})", 10),
    "log_slope": ("1/{0:7}", 6),
    "atan_slope": ("1/(1 + {0:9}^2)", 6),
    "logaddexp_share": ("sigmoid({0:5} - {1:6})", 10),
    "gauss": ("exp(-{0:9}^2)", 10),
    "log_cosh": ("log(cosh({0}))", 10),
    "one_minus_cos": ("1 - cos({0})", 5),
    "self_power": ("{0:9}^{0:8}", 8),
    "taint": ("{0}", 10),
    "not_negative": ("{0}", 10),
    "name": ("{0}", 10),
    "cast": ("{0}", 10),
    "broadcast_to": ("{0}", 10),
}
