"""What frameworks call the parameters of functions."""

from __future__ import annotations

SYNONYMS = {
    "dim": "axis", "dims": "axis", "axes": "axis", "keepdim": "keepdims", "keep_dims": "keepdims",
    "correction": "ddof", "input": "x", "input_tensor": "x", "a": "x", "tensor": "x", "x1": "x",
    "x2": "y", "b": "y", "other": "y", "perm": "axes", "permutation": "axes", "values": "arrays",
    "tensors": "arrays", "dtype": "", "name": "", "min": "lo", "max": "hi", "clip_value_min": "lo",
    "clip_value_max": "hi", "a_min": "lo", "a_max": "hi", "negative_slope": "alpha", "logits": "x",
    "order": "ord", "p": "ord rate", "multiples": "reps", "repeats": "reps", "paddings": "width",
    "pad_width": "width", "constant_values": "value", "newshape": "shape", "start_": "start",
    "equation": "spec", "shifts": "shift", "num_or_size_splits": "parts",
    "split_size_or_sections": "parts", "split_size": "parts", "indices_or_sections": "parts",
    "sections": "parts", "num_split": "parts", "params": "x", "index": "indices", "idx": "indices",
    "ind": "indices", "src": "source", "updates": "source", "pad": "width padding",
    "filters": "filter", "kernel": "filter", "weight": "filter weights", "stride": "strides",
    "window_strides": "strides", "dilation": "dilations", "rhs_dilation": "dilations",
    "rate": "dilations", "rates": "dilations", "ksize": "size", "ksizes": "sizes",
    "pool_size": "size", "kernel_size": "size", "filter_size": "size",
    "window_shape": "size window", "pooling_type": "kind", "feature_group_count": "groups",
    "data_format": "layout", "block_size": "block", "block_shape": "block",
    "upscale_factor": "block", "downscale_factor": "block", "segment_ids": "ids", "stable": "",
    "interpolation": "method", "dim1": "axis1", "dim2": "axis2", "diagonal": "k offset",
    "matrix": "a x", "rhs": "b", "A": "a x", "B": "b", "unitriangular": "unit_diagonal",
    "adjoint": "trans", "M": "n", "N": "n m", "data": "x", "num_classes": "depth",
    "on_value": "on", "off_value": "off", "hermitian": "", "UPLO": "", "boundaries": "bins",
    "sorted_sequence": "x", "obj": "at", "arr": "x", "m": "x", "ary": "x", "array": "x",
    "images": "x", "image": "x", "window_length": "n", "num_lower": "lower", "num_upper": "upper",
    "varargs": "spacing", "adjoint_a": "transpose_a", "adjoint_b": "transpose_b", "sorter": "",
    "assume_a": "", "check_finite": "", "overwrite_a": "", "overwrite_b": "", "driver": "",
    "y_true": "labels x", "y_pred": "predictions y", "labels": "x", "predictions": "y",
    "target": "y", "targets": "labels y", "onehot_labels": "labels", "multi_class_labels": "labels",
    "epsilon": "eps variance_epsilon", "eps": "epsilon variance_epsilon", "features": "x",
    "stddev": "std", "minval": "low", "maxval": "high", "log_predictions": "x",
    "window_dimensions": "size", "out_type": "", "output_type": "", "validate_indices": "",
}  # fmt: skip
"""What frameworks call a parameter that has another name here.

Several names are tried in their order; "" means that the parameter has no effect here.
"""
