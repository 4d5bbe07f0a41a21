"""What `gradcli functions NAME` shows of words that the language itself gives a meaning."""

from __future__ import annotations

from typing import NamedTuple


class Page(NamedTuple):
    """How a word is written, what it means, and a program that shows it."""

    forms: str
    doc: str
    example: str


PAGES = {
    "grad": Page(
        "grad(y, x), grad(y, x, dy), grad(y, (a, b)), grad(f)",
        "The gradient of sum(y) by a name, or the function that gives that of f.",
        "x = 3; grad(x^2, x)",
    ),
    "grads": Page(
        "grads(f)",
        "The function that gives the gradients of f by all its parameters.",
        "grads((x, y) => x*y)(2, 3)",
    ),
    "value_and_grad": Page(
        "value_and_grad(f)",
        "The function that gives the value of f and its gradient.",
        "value_and_grad(x => x^2)(3)",
    ),
    "value_and_grads": Page(
        "value_and_grads(f)",
        "The function that gives the value of f and its gradients by all parameters.",
        "value_and_grads((x, y) => x*y)(2, 3)[0]",
    ),
    "jacobian": Page(
        "jacobian(y, x), jacobian(f)",
        "All derivatives of y by x: an array of y's shape and x's.",
        "x = [1, 2]; jacobian(x^2, x)",
    ),
    "hessian": Page(
        "hessian(y, x), hessian(f)",
        "The second derivatives of a number y by x.",
        "x = [1, 2]; hessian(sum(x^3), x)",
    ),
    "jacfwd": Page(
        "jacfwd(f)", "The Jacobian of a function, as JAX names it.", "jacfwd(x => x^2)([1, 2])"
    ),
    "jacrev": Page(
        "jacrev(f)", "The Jacobian of a function, as JAX names it.", "jacrev(x => x^2)([1, 2])"
    ),
    "vmap": Page(
        "vmap(f)",
        "The function of each row of its arguments, the results stacked.",
        "vmap(x => x^2)([1, 2])",
    ),
    "taylor": Page(
        "taylor(f, x0, n)",
        "The coefficients c0 to cn of f(x0 + h) = c0 + c1*h + c2*h^2 + …",
        "taylor(x => 1/(1 - x), 0, 3)",
    ),
    "jvp": Page(
        "jvp(y, x, v)",
        "The derivative of y when x moves along v.",
        "x = [1, 2]; jvp(x^2, x, [1, 0])",
    ),
    "vjp": Page(
        "vjp(y, x, u); vjp f(x, dy) = …",
        "The gradient by x of y weighted with u; as a statement, the rule of a function.",
        "x = [1, 2]; vjp(x^2, x, [1, 0])",
    ),
    "hvp": Page(
        "hvp(y, x, v)",
        "The Hessian of y times v, without the matrix.",
        "x = [1, 2]; hvp(sum(x^3), x, [1, 0])",
    ),
    "backward": Page(
        "backward(y), backward(y, dy)",
        "Adds the gradient of y to x.grad, for every x that y is made of (as PyTorch).",
        "x = 3; backward(x^2); x.grad",
    ),
    "zero_grad": Page(
        "zero_grad()",
        "Every x.grad starts from zero again.",
        "x = 3; backward(x^2); zero_grad(); backward(x); x.grad",
    ),
    "print": Page(
        'print("norm", x)',
        "Shows values on standard error while the program runs.",
        "x = 3; print(x); x",
    ),
    "if": Page(
        "if c { … } else if d { … } else { … }; a if c else b",
        "Runs one of several blocks, or chooses one of two values.",
        "x = 3; if x > 2 { x^2 } else { x }",
    ),
    "while": Page(
        "while c { … }",
        "Runs a block as long as a condition is true.",
        "b = 2; while b < 1000 { b = b*2 }; b",
    ),
    "for": Page(
        "for i in range(3) { … }",
        "Runs a block for each item of an array, a tuple or a range.",
        "s = 0; for i in range(4) { s += i }; s",
    ),
    "and": Page(
        "a and b, a or b, not a, a && b, a || b, !a",
        "Joins conditions, of each element by itself; where takes one.",
        "x = 3; where(x > 1 and not x > 5, x, 0)",
    ),
}
PAGES["else"] = PAGES["if"]
PAGES["in"] = PAGES["for"]
PAGES["or"] = PAGES["not"] = PAGES["and"]

_POWER = Page(
    "x^2, x**2, x²",
    "A power, of each element by itself; the square of a matrix is A @ A, its inverse inv(A).",
    "x = 3; x^2 + x² + x⁻¹",
)
_PRODUCT = Page(
    "x*y, 2x, x·y, x×y",
    "The product, of each element by itself; A @ b is that of matrices and vectors.",
    "x = 3; 2x + x·x",
)
_ABSOLUTE = Page("|x|, abs(x)", "The absolute value, of each element by itself.", "|-3|")

SIGNS = {
    "!": Page("x!, factorial(x)", "The factorial, gamma(x + 1): x may be any number.", "5!"),
    "|x|": _ABSOLUTE,
    "||x||": Page("‖x‖, ||x||, norm(x)", "The length of a vector.", "‖[3, 4]‖"),
    "@": Page(
        "A @ b, matmul(A, b)",
        "The product of matrices and vectors; before a name of a file, `--x @FILE` reads values.",
        "[[1, 2], [3, 4]] @ [1, 1]",
    ),
    "^": _POWER,
    "*": _PRODUCT,
    "/": Page("x/y, x ÷ y", "The quotient, of each element by itself.", "7/2"),
    "//": Page("x // y", "The quotient rounded down.", "7 // 2"),
    "%": Page("x % y, mod(x, y)", "The remainder of a division, with the sign of y.", "-7 % 3"),
    "√": Page("√x, √(x + 1), sqrt(x)", "The square root.", "√2"),
    "∛": Page("∛x, ∛(x + 1), cbrt(x)", "The cube root, of negative numbers too.", "∛(-8)"),
    "°": Page("30°", "Degrees, as the radians that functions take.", "sin(30°)"),
    "'": Page("f'(x), sin'(x)", "The derivative of a function of one parameter.", "sin'(0)"),
    "=>": Page("x => x^2", "A function without a name.", "f = x => x^2; f(3)"),
    "+": Page("x + y", "The sum, element by element.", "x = 3; x + [1, 2]"),
    "-": Page("x - y, -x, x − y", "The difference, element by element.", "x = 3; x - [1, 2]"),
    ".T": Page("A.T, transpose(A)", "The transpose of a matrix.", "[[1, 2], [3, 4]].T"),
    ";": Page("x = 3; x^2", "Ends a statement, as a new line does.", "x = 3; x^2"),
    ":": Page("x[1:3], x[::2]", "A range of elements, without its end.", "x = [5, 6, 7]; x[0:2]"),
    "π": Page("π, pi", "3.14159…; other constants are e, tau, inf and nan.", "cos(π)"),
    "=": Page("y = x^2", "Gives a name a value; `==` compares.", "y = 3; y^2"),
    "==": Page("x == y, x != y, x <= y", "Compares: 1 where it holds, else 0.", "2 == 2"),
    "[": Page(
        "[1, 2], x[0], x[1:], A[:, 0]",
        "An array, or its elements by their places, from 0 on.",
        "x = [5, 6, 7]; x[1:]",
    ),
    "#": Page("# …", "A comment, to the end of its line.", "2 + 3 # five"),
}
"""What it shows of signs."""
SIGNS |= dict.fromkeys(("**", *"²³⁻⁰¹⁴⁵⁶⁷⁸⁹"), _POWER)
SIGNS |= dict.fromkeys("·×⋅", _PRODUCT)
SIGNS |= dict.fromkeys(("<", "<=", ">", ">=", "!=", "≤", "≥", "≠"), SIGNS["=="])
SIGNS |= {"|": _ABSOLUTE, "||": SIGNS["||x||"], "‖": SIGNS["||x||"], "‖x‖": SIGNS["||x||"]}
SIGNS |= {"÷": SIGNS["/"], "[]": SIGNS["["], "]": SIGNS["["], "''": SIGNS["'"]}
