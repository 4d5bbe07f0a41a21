"""Transformations as JAX checks what they are given, and says what does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.snippets.arrays.pytrees import leaves, shown
from gradcli.snippets.arrays.transforms import Transforms
from gradcli.snippets.errors import Raised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.ir.node import Node

OTHER_COTANGENT = (
    "unexpected JAX type (e.g. shape/dtype) for argument to VJP function: got {}, but expected {} "
    "because the corresponding output of the differentiated function had JAX type {}"
)

NO_TUPLES = "primal and tangent arguments to jax.jvp must be tuples or lists; found {} and {}."

OTHER_TREE = (
    "primal and tangent arguments to jax.jvp must have the same tree structure; primals have tree "
    "structure PyTreeDef({}) whereas tangents have tree structure PyTreeDef({})."
)

OTHER_TYPE = (
    "primal and tangent arguments to jax.jvp do not match; dtypes must be equal, or in case of "
    "int/bool primal dtype the tangent dtype must be float0.Got primal dtype {0} and so expected "
    "tangent dtype {0}, but got tangent dtype {1} instead."
)

OTHER_SHAPE = (
    "jvp called with different primal and tangent shapes;Got primal shape {} and tangent shape as "
    "{}"
)

TOO_FEW = (
    "differentiating with respect to argnums={} requires at least {} positional arguments to be "
    "passed by the caller, but got only {} positional arguments."
)


class JaxTransforms(Transforms):
    """The transformations of JAX."""

    def check_numbers(self, numbers: Sequence[int], args: Sequence[Any]) -> None:
        """Refuses to differentiate by an argument that there is not."""
        most = max(numbers, default=-1)
        if most >= len(args):
            wanted = tuple(numbers) if len(numbers) > 1 else most
            raise Raised("TypeError", TOO_FEW.format(wanted, most + 1, len(args)))

    def check_cotangents(self, given: Any, value: Any) -> None:
        """Refuses cotangents that have another structure than the value."""
        if shown(given) != shown(value):
            raise Raised("ValueError", "unexpected tree structure.", help=shown(value))

    def seed(self, given: Any, y: Any) -> Node:
        """A cotangent of a value."""
        seed = self.home.asarray(given)
        if seed.shape != y.shape:
            types = [a.described().lstrip("~") for a in (seed, y)]
            raise Raised("ValueError", OTHER_COTANGENT.format(*types, types[1]))
        return super().seed(seed, y)

    def jvp(self, function: Any, primals: Any, tangents: Any, has_aux: bool = False) -> Any:
        """The value, and its tangent where the arguments move by tangents."""
        pair = (primals, tangents)
        if not all(isinstance(value, (list, tuple)) for value in pair):
            raise Raised("TypeError", NO_TUPLES.format(*map(self.type_name, pair)))
        if shown(primals) != shown(tangents):
            raise Raised("TypeError", OTHER_TREE.format(shown(primals), shown(tangents)))
        return super().jvp(function, primals, tangents, has_aux)

    def type_name(self, value: Any) -> str:
        """What a value's type is called."""
        return str(self.home.machine.language.type_name(value))

    def direction(self, given: Any, x: Any) -> Node:
        """The tangent of an argument."""
        tangent = self.home.asarray(given)
        if tangent.dtype != x.dtype:
            raise Raised("TypeError", OTHER_TYPE.format(x.dtype.name, tangent.dtype.name))
        if tangent.shape != x.shape:
            raise Raised("ValueError", OTHER_SHAPE.format(x.shape, tangent.shape))
        return super().direction(tangent, x)

    def rows(self, leaf: Any, traced: Any, alone: bool, forward: bool) -> Any:
        """The derivative of one array of the value; pulled back it is as weak as the arguments."""
        made = super().rows(leaf, traced, alone, forward)
        if not forward:
            for array, x in zip(leaves(made), traced.inputs, strict=True):
                array.weak = x.weak
        return made
