"""Formulas as they are written: trees of sums, products and calls, which printers print.

A number is ("number", n), a name ("name", text), a call ("call", name, *operands), a comparison or
other operator ("operator", sign, *operands), a sum ("sum", *terms), a product ("product",
*factors), a quotient ("quotient", above, below), a power ("power", base, exponent), a sign
("minus", operand), a matrix product ("matmul", *factors), and a transpose ("transpose", matrix).
"""

from __future__ import annotations

from typing import Any

Written = tuple[Any, ...]
