"""What frameworks call the parameters of functions."""

from __future__ import annotations

NO_EFFECT = frozenset(
    "a_is_sparse assume_a b_is_sparse check_finite conjugate conjugate_rhs copy device driver "
    "dtype index_dtype indices_are_sorted inplace is_stable name optimize out_int32 out_type "
    "output_type overwrite_a overwrite_b overwrite_data overwrite_input precision "
    "preferred_element_type promote_integers requires_grad sorter stable subok trainable "
    "unique_indices unroll UPLO validate_args validate_indices".split()
)
"""Parameters of frameworks that are accepted and have no effect here."""

_TABLE = """
a x: A matrix; alpha: negative_slope; arrays: operands tensors tup; arrays y: values; at: obj;
axes: perm permutation; axis: axes dim; axis axes: dimension dimensions; axis axes reps: dims;
axis1: dim1; axis2: dim2; b: B; b y: rhs; bins: boundaries;
block: block_shape block_size downscale_factor upscale_factor; ddof: correction;
depth: num_classes; dilations: dilation rate rates rhs_dilation; eps variance_epsilon: epsilon;
epsilon variance_epsilon: eps; filter: filters kernel; filter weights: weight;
groups: feature_group_count; hi: a_max clip_value_max max; high: maxval; ids: segment_ids;
indices: idx ind index; k: offset; k offset: diagonal; keepdims: keep_dims keepdim;
kind: pooling_type;
labels: multi_class_labels onehot_labels; labels x: y_true; labels y: targets; layout: data_format;
lo: a_min clip_value_min min; low: minval; lower: num_lower; method: interpolation;
n: M window_length; n m: N; off: off_value; on: on_value; ord: order; ord rate: p;
parts: indices_or_sections num_or_size_splits num_split sections split_size split_size_or_sections;
predictions y: y_pred; reps: multiples repeats; shape: new_sizes newshape size; shift: shifts;
size: filter_size kernel_size ksize pool_size slice_sizes window_dimensions;
size window: window_shape; sizes: ksizes; source: src updates; spacing: varargs; spec: equation;
start: start_ start_indices; std: stddev; strides: stride window_strides;
trans: adjoint; transpose_a: adjoint_a; transpose_b: adjoint_b;
unit_diagonal: unitriangular; upper: num_upper; value: constant_values fill_value;
width: pad_width paddings;
width padding: pad;
x: a arr array ary data features image images input_tensor labels log_predictions logits m
operand params sorted_sequence x1 in1; x a: input lhs tensor;
y: b batch1 exponent mat mat1 other predictions target vec1 x2 in2; y x: v;
z y: batch2 mat2 vec vec2
"""
"""Names of parameters here, and what frameworks call them; the first that a function has holds."""

SYNONYMS = {
    word: names.split()
    for names, _, words in (row.partition(":") for row in _TABLE.split(";"))
    for word in words.split()
}
"""The names here of a parameter of frameworks, in the order in which they are tried."""
