"""Types of numbers: their names, which win, and which operations keep whole numbers whole."""

from __future__ import annotations

from typing import Any

import numpy as np

DType = np.dtype[Any]

BOOL, INT32, INT64, FLOAT16, FLOAT32, FLOAT64 = map(
    np.dtype, ("bool", "int32", "int64", "float16", "float32", "float64")
)

NAMES = {
    "bool": BOOL,
    "bool_": BOOL,
    "uint8": np.dtype("uint8"),
    "int8": np.dtype("int8"),
    "int16": np.dtype("int16"),
    "short": np.dtype("int16"),
    "int32": INT32,
    "int": INT64,
    "int64": INT64,
    "int_": INT64,
    "long": INT64,
    "float16": FLOAT16,
    "half": FLOAT16,
    "float32": FLOAT32,
    "single": FLOAT32,
    "float": FLOAT64,
    "float64": FLOAT64,
    "double": FLOAT64,
    "float_": FLOAT64,
}
"""What types of numbers are called, where no framework says otherwise."""

KEEPING = frozenset(
    """abs absolute add array_split asarray atleast_1d atleast_2d atleast_3d broadcast_to clip
    concat tf_concat cummax cummin cumprod cumsum diag diagonal diff dot einsum expand_dims flatten
    flip
    fliplr flipud floordiv fmod gather gather_elements inner kron matmul max maximum min minimum
    mod mul multi_dot negative neg nansum outer pad permute pos pow prod ptp ravel repeat reshape
    roll rot90 scatter sign slice sort split square squeeze stack strided_slice sub sum swapaxes
    take take_along_axis tensordot tile torch_max torch_min torch_select trace transpose tril triu
    unbind unstack vdot where zeros_like ones_like full_like floor ceil round trunc column_stack
    hstack vstack dstack hsplit vsplit stop_gradient add_scaled sub_scaled meshgrid moveaxis
    matrix_transpose flatten_from topk unfold narrow index_select chunk segment_sum remainder
    repeat_interleave boolean_mask full zeros ones arange eye range addn matvec vecdot cross
    squared_difference nanmax nanmin nanprod
    movedim bincount positive one_hot_classes copy broadcast_arrays unflatten select
    index_add polyval segment_max segment_min segment_prod unsorted_segment_sum
    unsorted_segment_max unsorted_segment_min unsorted_segment_prod tensor_diag tensor_diag_part
    block_diag cartesian_prod combinations vander mode max_pool max_pool1d max_pool2d scatter_nd
    tensor_scatter_nd_add tensor_scatter_nd_sub tensor_scatter_nd_update tensor_scatter_nd_max
    tensor_scatter_nd_min append atleast_1d choose diagflat divmod dsplit ediff1d fmax fmin
    index_in_dim lax_pad slice_in_dim put_along_axis vecmat partition dynamic_slice
    dynamic_index_in_dim dynamic_slice_in_dim dynamic_update_slice dynamic_update_index_in_dim
    dynamic_update_slice_in_dim compress masked_select delete insert resize extract
    broadcast_in_dim polyadd polymul polysub convolve correlate msort toeplitz
    circulant hankel put relu crelu bias_add gather_nd diag_part set_diag band_part
    space_to_depth depth_to_space space_to_batch batch_to_space flip_left_right""".split()
)
"""Functions, by our names of them, that give whole numbers of whole numbers."""

SELECTING = frozenset(
    """cummax cummin gather gather_elements index_select masked_fill max min pad partition scatter
    sort take take_along_axis topk torch_max torch_min tril triu""".split()
)
"""Functions that give elements of their first array, in their places or in others."""

COUNTING = frozenset(
    """argmax argmin argsort searchsorted count_nonzero nonzero bincount digitize one_hot_classes
    shape size ndim rank histogram_fixed_width matrix_rank argpartition""".split()
)
"""Functions that always give whole numbers."""


def is_float(dtype: DType) -> bool:
    """Whether numbers of this type have fractions."""
    return dtype.kind == "f"
