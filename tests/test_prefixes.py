"""A name behind a prefix is that framework's function: what it gives, and what is refused."""

from __future__ import annotations

from math import log
from typing import Any

import pytest

import gradcli
from gradcli.lower.frameworks import FrameworkSignature
from gradcli.lower.functions import prefixed_function
from gradcli.lower.values import BuiltIn
from gradcli.ops import catalog
from tests.test_language import outcome

A = "A = [[1, 2], [3, 4]]; "
CUBE = "[[[1, 2, 3], [4, 5, 6]], [[1, 2, 3], [4, 5, 6]]]"
HALF = [[0.7071067811865476] * 2]

VALUES: list[tuple[str, Any]] = [
    # values with their indices
    (A + "torch.max(A, -1)", ([2, 4], [1, 1])),
    (A + "torch.max(A, 1, true)", ([[2], [4]], [[1], [1]])),
    (A + "torch.max(A, A.T)", [[1, 3], [3, 4]]),
    (A + "torch.min(A, 0)", ([1, 2], [0, 0])),
    (A + "torch.amax(A, -1)", [2, 4]),
    (A + "A.max(dim=1)", ([2, 4], [1, 1])),
    (A + "max(A, dim=1)", ([2, 4], [1, 1])),
    (A + "A.max(axis=1)", [2, 4]),
    # gradients as a tuple
    ("x = 3; torch.autograd.grad(x^2, x)[0]", 6),
    ("x = 3; w = 2; torch.autograd.grad(x^2*w, [x, w], create_graph=True)", (12, 9)),
    ("x = [1, 2]; torch.autograd.grad(outputs=x^2, inputs=x, grad_outputs=[1, 9])[0]", [2, 36]),
    ("x = 3; y = x^3; g, = torch.autograd.grad(y, x); torch.autograd.grad(g, x)[0]", 18),
    ("x = 3; y = x^2; y.backward(retain_graph=True); x.grad", 6),
    # results by the names that a framework has for them
    (A + "torch.max(A, dim=1).values, torch.min(A, 0).indices", ([2, 4], [0, 0])),
    (A + "A.max(dim=1).indices", [1, 1]),
    ("r = torch.sort([3, 1, 2]); r.values", [1, 2, 3]),
    ("[1, 3, 2].topk(2, dim=0).indices", [1, 2]),
    (
        "np.linalg.eigh([[2, 0], [0, 1]]).eigenvalues, np.linalg.svd([[2, 0], [0, 1]]).S",
        ([1, 2], [2, 1]),
    ),
    (
        "torch.linalg.slogdet([[2, 0], [0, 1]]).sign, torch.linalg.svd([[0, 2], [2, 0]]).S",
        (1, [2, 2]),
    ),
    # one array that is no list
    (
        "x = tf.stack([[1, 2], [3, 4]]); tf.concat(x, 1), np.concatenate(x)",
        ([[1, 2], [3, 4]], [1, 2, 3, 4]),
    ),
    (A + "tf.concat([A, A], 1), tf.concat(A, 0)", ([[1, 2, 1, 2], [3, 4, 3, 4]], [1, 2, 3, 4])),
    # what its framework gives for parameters that are none, and between whole numbers
    (
        "scipy.stats.poisson.pmf([2, 2.5], 1), poisson_pmf(0, -1) > 0",
        ([0.18393972058572114, 0], False),
    ),
    (
        "isnan(stats.norm.pdf(0, 1, -1)), isnan(stats.gamma.cdf(1, -2)), isnan(t_ppf(0.5, -1))",
        (1, 1, 1),
    ),
    ("scipy.stats.poisson.ppf(q=[0, 0.5, 1], mu=2, loc=1)", [0, 3, float("inf")]),
    (
        (
            "isnan(stats.gamma.pdf(2, inf)), isnan(stats.binom.cdf(1, inf, 0.5)), "
            "isnan(stats.cauchy.cdf(inf, 0, inf)), isnan(stats.poisson.pmf(nan, 0))"
        ),
        (1, 1, 1, 1),
    ),
    (
        "stats.cauchy.pdf(1, 0, inf), stats.t.cdf(0, inf), stats.t.logcdf(-inf, 2)",
        (0, 0.5, float("-inf")),
    ),
    ("stats.hmean([1, 0]), isnan(stats.hmean([1, -1])), isnan(stats.sem([1], ddof=0))", (0, 1, 1)),
    ("t_ppf(0, 3)", float("-inf")),
    ("tf.signal.idct(tf.signal.dct([1, 2])), idct(dct([1, 2]))", ([4, 8], [1, 2])),
    (
        "torch.norm([[3, 4], [0, 0]], 1, dim=(0, 1)), tf.norm([[3, 4], [0, 0]], 1, axis=(0, 1))",
        (7, 4),
    ),
    (
        (
            "tf.linalg.normalize([[3, 4], [1, 0]], 1, (0, 1))[1], "
            "tf.linalg.normalize([[3, 4], [0, 0]], axis=(0, 1))[1]"
        ),
        ([[4]], [[5]]),
    ),
    (
        "tf.keras.metrics.huber([1, 2], [3, 2], 0.5), keras.losses.huber([1], [3], 0.5)",
        (7 / 16, 7 / 8),
    ),
    (
        (
            "math.isclose(1, 1 + 1e-6), math.isclose(0, 1e-9), math.isclose(2, 1, rel_tol=0.5), "
            "np.isclose(1, 1 + 1e-6)"
        ),
        (False, False, True, True),
    ),
    ("scipy.signal.convolve(in1=[1, 2], in2=[3, 4], method='auto')", [3, 10, 8]),
    ("scipy.linalg.toeplitz(c=[1, 2], r=[1, 3])", [[1, 3], [2, 1]]),
    ("F.cross_entropy([[0, 0]], [1], weight=[1, 3], label_smoothing=0.5)/log(2)", 5 / 6),
    ("tf.gather([[1, 2], [3, 4]], [1, 0], batch_dims=1)", [2, 3]),
    ("tf.gather([[1, 2], [3, 4]], [1, 0], None, 1)", [[2, 1], [4, 3]]),
    ("torch.cummax([1, 3, 2, 3], 0)", ([1, 3, 3, 3], [0, 1, 1, 3])),
    ("torch.cummin([1, 3, 2, 1], 0)", ([1, 1, 1, 1], [0, 0, 0, 3])),
    ("torch.sort([3, 1, 2])", ([1, 2, 3], [1, 2, 0])),
    ("[3, 1, 2].sort(dim=0)", ([1, 2, 3], [1, 2, 0])),
    ("[1, 2, 3].topk(2, dim=0)", ([3, 2], [2, 1])),
    ("lax.top_k([1, 3, 2], 2)", ([3, 2], [1, 2])),
    ("tf.math.top_k([1, 3, 2], 2)", ([3, 2], [1, 2])),
    ("torch.kthvalue([3, 1, 2], 2)", (2, 2)),
    ("torch.aminmax([3, 1, 2])", (1, 3)),
    (A + "torch.aminmax(A, dim=1, keepdim=true)", ([[1], [3]], [[2], [4]])),
    # methods whose array is not the function's first argument
    (A + "torch.abs(A).where(A > 2, 0)", [[0, 0], [3, 4]]),
    (A + "A.where(A > 2, 0)", [[0, 0], [3, 4]]),
    (A + "(A > 2).where(A, 0)", [[0, 0], [3, 4]]),
    ("np.abs([1, 2, 3]).compress([true, false, true])", [1, 3]),
    ("[1, 2, 3].compress([true, false, true])", [1, 3]),
    ("np.compress([true, false, true], [1, 2, 3])", [1, 3]),
    ("torch.abs([1]).polygamma(1)", [1.6449340668482264]),
    # counts
    ("torch.histc([1, 2, 2, 5], 4)", [1, 2, 0, 1]),
    ("torch.histc([0.6], 2)", [0, 1]),
    ("torch.histc([1, 2, 5, 9], 2, 1, 5)", [2, 1]),
    ("torch.histogram([0, 1])[0].shape", (100,)),
    (A + "torch.count_nonzero(A, 0)", [2, 2]),
    # PyTorch chooses an axis by how many there are
    ("sum(F.softmax([[[1], [2]], [[3], [4]]]), 0)", [[1], [1]]),
    ("F.log_softmax([[[1, 2]]])", [[[0, 0]]]),
    ("F.softmin([[[1, 2]]]), F.softmin([[1], [2]])", ([[[1, 1]]], [[1], [1]])),
    ("sum(F.softmax([[[1, 2]]], -1))", 1),
    # losses of shapes that are spread
    ("F.gaussian_nll_loss(zeros((2, 2)), [[1, 1], [0, 0]], [1, 1e-3])", (1 + log(1e-3)) / 4),
    ("v = 1e-9; grad(F.gaussian_nll_loss([0], [0], v), v)", 5e5),
    ("F.multilabel_soft_margin_loss([[0]], [1, 1]) - 2*log(2)", 0),
    ("isnan(torch.cov([]))", True),
    # combinations of fewer than are taken
    ("scipy.special.comb([0.5, -2, 5, 5], [1, 3, -1, 2])", [0, 0, 0, 10]),
    ("jsp.special.comb(0.5, 1), comb(0.5, 1)", (0, 0.5)),
    ("scipy.linalg.lstsq([[1], [1]], [1, 3])[1]", 2),
    ("np.linalg.lstsq([[1], [1]], [1, 3])[1]", [2]),
    # running sums of a number
    ("torch.cumsum(2, 0).shape, np.cumsum(2, 0).shape", ((), (1,))),
    ("torch.cumprod(2, -1).shape, torch.logcumsumexp(2, 0).shape", ((), ())),
    ("torch.cummax(2, 0)", (2, 0)),
    ("torch.cummin(2, 0)", (2, 0)),
    # methods that only one framework's arrays have
    (A + "A.select(1, 0)", [1, 3]),
    (A + "A.select(dim=0, index=-1)", [3, 4]),
    # parts of one axis
    (A + "lax.slice_in_dim(A, None, -1, axis=1)", [[1], [3]]),
    ("lax.slice_in_dim([0, 1, 2, 3, 4], 0, 4, 2)", [0, 2]),
    (A + "lax.index_in_dim(A, -1)", [[3, 4]]),
    (A + "lax.index_in_dim(A, 1, 1, false)", [2, 4]),
    ("lax.dynamic_slice_in_dim([0, 1, 2], 2, 2)", [1, 2]),
    ("lax.dynamic_index_in_dim([0, 1, 2], 9, keepdims=false)", 2),
    ("lax.dynamic_update_slice_in_dim([0, 1, 2], [8, 9], 2, 0)", [0, 8, 9]),
    (A + "lax.dynamic_update_index_in_dim(A, [8, 9], 1, 1)", [[1, 8], [3, 9]]),
    # SciPy's parts by themselves, and its other means
    ("special.softmax([[0, 0], [0, 0]])", [[0.25, 0.25], [0.25, 0.25]]),
    ("special.expit(0)", 0.5),
    (A + "stats.hmean(A, axis=None)", 1.92),
    (A + "scipy.stats.pmean(A, 2)", [5**0.5, 10**0.5]),
    ("stats.gmean([1, 4], weights=[1, 0])", 1),
    ("stats.binom.pmf(1, 2, 0.5)", 0.5),
    ("stats.lognorm.cdf(1, 0.5)", 0.5),
    # images
    ("tf.image.adjust_contrast([[[1], [3]]], 2)", [[[0], [4]]]),
    ("tf.image.adjust_gamma([[[4]]], 0.5, 3)", [[[6]]]),
    ("tf.image.total_variation([[[1], [3]]])", 2),
    ("torch.clamp_min([-1, 2], 0)", [0, 2]),
    ("tf.linalg.normalize([3, 4])", ([0.6, 0.8], [5])),
    ("torch.lu([[1, 2], [4, 4]])", ([[4, 4], [0.25, 1]], [2, 2])),
    ("lax.linalg.lu([[1, 2], [4, 4]])", ([[4, 4], [0.25, 1]], [1, 1], [1, 0])),
    ("torch.linalg.qr([[-2, 1], [0, 1]], 'r')[0]", []),
    # types, which are those of arrays of whole numbers
    ("np.zeros(2, int)", [0, 0]),
    ("np.ones((2, 1), np.float32)", [[1], [1]]),
    ("np.zeros_like([0.5, 1], dtype=int)", [0, 0]),
    ("np.sum([1, 2], 0, int)", 3),
    ("np.array([1.5, 2], int)", [1, 2]),
    ("([1, 0] > 0).astype(float)", [1, 0]),
    ("float = 3; np.sqrt(float + 1)", 2),
    ("tf.linalg.lstsq([[1], [2]], [[1], [3]], 3)", [[0.875]]),
    ("F.one_hot([0, 2])", [[1, 0, 0], [0, 0, 1]]),
    ("F.one_hot([0, 1], 3)", [[1, 0, 0], [0, 1, 0]]),
    ("torch.tensor([1]).one_hot(num_classes=2)", [[0, 1]]),
    ("F.softplus([1, 2], 1, 1.5)", [1.3132616875182228, 2]),
    # axes
    ("torch.tensordot([[1, 2]], [[3], [4]], dims=1)", [[11]]),
    (A + "torch.permute(A, (0, 1))", [[1, 2], [3, 4]]),
    (A + "A.permute(1, 0)", [[1, 3], [2, 4]]),
    (A + "torch.transpose(A, 0, 1)", [[1, 3], [2, 4]]),
    ("k = [[[1, 2], [3, 4]]]; k.transpose(-2, -1)", [[[1, 3], [2, 4]]]),
    (A + "np.abs(A).transpose(0, 1)", [[1, 2], [3, 4]]),
    (f"np.linalg.trace({CUBE})", [6, 6]),
    (f"np.trace({CUBE})", [5, 7, 9]),
    (f"np.linalg.diagonal({CUBE})", [[1, 5], [1, 5]]),
    (f"torch.linalg.diagonal({CUBE})", [[1, 5], [1, 5]]),
    ("exp(scipy.special.log_softmax([[0, 0], [0, 0]]))", [[0.25, 0.25], [0.25, 0.25]]),
    ("scipy.special.softmax([[0, 0], [0, 0]])", [[0.25, 0.25], [0.25, 0.25]]),
    (A + "tf.argmax(A)", [1, 1]),
    (A + "tf.argMin(A)", [0, 0]),
    (A + "np.argmax(A)", 3),
    (A + "torch.take_along_dim(A, [[0, 3]])", [1, 4]),
    ("torch.cross([[1], [0], [0]], [[0], [1], [0]])", [[0], [0], [1]]),
    ("F.unfold([[[1, 2]]], 1)", [[1, 2]]),
    # the order of arguments, keywords and defaults
    (A + "torch.std(A, 1, True, True)", [HALF[0][:1]] * 2),
    (A + "torch.var(A, False)", 1.25),
    (A + "torch.var(A, 0, False)", [1, 1]),
    (A + "torch.var(A, 0, correction=0)", [1, 1]),
    (A + "torch.var(A, dim=0, unbiased=false, keepdim=true)", [[1, 1]]),
    (A + "np.var(A, 0, None, None, 1)", [2, 2]),
    ("torch.median([1, 2, 4, 8])", 2),
    ("lax.cumsum([1, 2, 3], 0, True)", [6, 5, 3]),
    ("lax.cumprod([1, 2, 3], 0, True)", [6, 6, 3]),
    ("lax.cummax([1, 3, 2], reverse=true)", [3, 3, 2]),
    (A + "tf.cumsum(A, exclusive=true)", [[0, 0], [1, 2]]),
    (A + "np.cumsum(A)", [1, 3, 6, 10]),
    ("lax.slice([[0, 1, 2], [4, 5, 6]], (0, 1), (2, 2))", [[1], [5]]),
    ("torch.bucketize([1, 3], [1, 3, 5])", [0, 1]),
    ("torch.bucketize([1, 3], [1, 3, 5], right=true)", [1, 2]),
    ("torch.searchsorted([1, 3, 5], input=[3])", [1]),
    ("torch.linalg.vander([1, 2])", [[1, 1], [1, 2]]),
    ("torch.fill([1, 2], value=2)", [2, 2]),
    ("scipy.special.huber(1.0, [0.5, 3])", [0.125, 2.5]),
    ("F.huber_loss([3], [0], 'sum', 2)", 4),
    ("F.smooth_l1_loss([3, 3], [0, 0], reduction='sum')", 5),
    ("F.cosine_similarity([[1], [2]], [[1, 1, 1, 1]])", [1, 1]),
    ("F.l1_loss([1, 2], [1, 4], None, None, 'sum')", 2),
    ("F.mse_loss([1, 2], [1, 4], reduction='sum')", 4),
    ("F.dropout([1, 2, 3, 4], 0.5, False)", [1, 2, 3, 4]),
    ("optax.huber_loss([3], [0], 2)", [4]),
    # triangles
    ("scipy.linalg.cholesky([[4, 2], [2, 5]])", [[2, 1], [0, 2]]),
    ("jsp.linalg.cholesky([[4, 2], [2, 5]], lower=true)", [[2, 0], [1, 2]]),
    ("jax.scipy.linalg.cholesky([[4, 2], [2, 5]], True)", [[2, 0], [1, 2]]),
    ("np.linalg.cholesky([[4, 2], [2, 5]])", [[2, 0], [1, 2]]),
    ("solve_triangular([[2, 0], [1, 4]], [2, 5], upper=false)", [1, 1]),
    ("torch.linalg.solve_triangular([[2, 0], [1, 4]], [[2], [5]], upper=false)", [[1], [1]]),
    ("torch.linalg.solve_triangular([[2, 1], [0, 4]], [[2, 5]], upper=true, left=false)", [[1, 1]]),
    ("jsp.linalg.solve_triangular([[2, 1], [0, 4]], [2, 5], 1)", [1, 1]),
    ("torch.triangular_solve([[3], [4]], [[2, 1], [0, 4]])", ([[1], [1]], [[2, 1], [0, 4]])),
    ("lax.linalg.triangular_solve([[2, 1], [0, 4]], [[2, 5]])", [[1, 1]]),
    ("torch.cholesky_solve([[4], [10]], [[2, 0], [1, 2]])", [[0], [2]]),
    # the methods of a program that uses one framework's prefix
    ("torch.abs([1, 2, 4]).var()", 7 / 3),
    ("torch.cat([[1, 2], [4]]).var()", 7 / 3),
    ("torch.abs([1, 2, 4, 8]).median()", 2),
    ("torch.abs([3, 1, 2]).sort()", ([1, 2, 3], [1, 2, 0])),
    (A + "torch.abs([[3, 4], [0, 0]]).norm(2)", 5),
    ("torch.abs([1, 2]).repeat(2, 1)", [[1, 2], [1, 2]]),
    ("[1, 2, 3].var() + np.sum([0]) + torch.sum([0])", 2 / 3),
    ("[1, 2, 3].var()", 2 / 3),
    # what else differs between frameworks
    ("torch.hann_window(4, False)[3]", 0),
    ("torch.hann_window(4)[2]", 1),
    ("tf.signal.hann_window(4, periodic=false)[3]", 0),
    ("torch.kaiser_window(4) - kaiser(5)[:4]", [0, 0, 0, 0]),
    ("torch.kaiser_window(4, False, 3) - kaiser(4, 3)", [0, 0, 0, 0]),
    ("np.nanmax([[1, 2], [3, 4]], 0, None, true)", [[3, 4]]),
    ("np.nan_to_num([nan], true, 5)", [5]),
    ("torch.nan_to_num([nan], 5)", [5]),
    ("torch.linspace(0, 1, steps=3)", [0, 0.5, 1]),
    ("torch.logspace(0, 2, 3, 2)", [1, 2, 4]),
    ("lax.linalg.eigh([[2, 0], [0, 3]])[1]", [2, 3]),
    ("np.average([1, 2, 3], 0, [1, 1, 2], false)", 2.25),
    ("lax.argmax([1, 3, 2], 0, 'int32')", 1),
    ("np.linalg.cross([1, 0, 0], [0, 1, 0], -1)", [0, 0, 1]),
    ("tf.nn.moments([[1, 3]], 1, None, true)", ([[2]], [[1]])),
    ("torch.cov([1, 3], correction=0)", 1),
    ("optax.cosine_similarity([3, 4], [3, 4], 0)", 1),
    ("optax.softmax_cross_entropy([0, 0], [1, 0]) - log(2)", 0),
    # elements that count, and one more
    (A + "np.sum(A, 0, None, None, false, 5, [[true, false], [true, true]])", [9, 9]),
    (A + "jnp.max(A, axis=1, initial=3, where=[true, false])", [3, 3]),
    ("np.any([1, 0], where=[false, true])", False),
    ("np.all([1, 0], where=[true, false])", True),
    ("np.nanmax([1, nan], initial=4)", 4),
    ("np.nanmean([1, 2, nan], where=[true, false, true])", 1),
    ("np.average([1, 2, 3], weights=[1, 1, 2], returned=true)", (2.25, 4)),
    ("np.average([1, 2, 3], returned=true)", (2, 3)),
    ("scipy.special.logsumexp([[1, 2]], 0, 2) - log(2)", [1, 2]),
    ("scipy.special.logsumexp([0, log(3)], b=[1, -1], return_sign=true)[1]", -1),
    ("jax.nn.logsumexp([1, 2], where=[true, false])", 1),
    ("np.sum(3, axis=-1)", 3),
    # what else a call may say
    ("np.zeros(2, dtype=int)", [0, 0]),
    ("np.array([1.5, 2], dtype=int, copy=true)", [1, 2]),
    ("jnp.array([1, 2], ndmin=2)", [[1, 2]]),
    ("tf.constant(3, shape=(2,))", [3, 3]),
    ("tfjs.tensor2d([1, 2, 3, 4], [2, 2])", [[1, 2], [3, 4]]),
    ("np.linspace([0, 1], [2, 3], 3, axis=-1)", [[0, 1, 2], [1, 2, 3]]),
    ("np.linspace(0, 1, 3, retstep=true)", ([0, 0.5, 1], 0.5)),
    ("np.geomspace([1, 1], [4, 9], 3, axis=1)", [[1, 2, 4], [1, 3, 9]]),
    ('np.quantile([1, 2, 4, 8], 0.3, method="inverted_cdf")', 2),
    ('np.quantile([1, 2, 4, 8], 0.5, method="averaged_inverted_cdf")', 3),
    ('np.quantile([1, 2, 4, 8], 0.375, method="closest_observation")', 2),
    ('np.quantile([1, 2, 4, 8], 0.3, method="interpolated_inverted_cdf")', 1.2),
    ('np.percentile([1, 2, 4, 8], 30, method="median_unbiased")', 1.6333333333333333),
    ('np.take([1, 2, 3], [0, 5, -7], mode="clip")', [1, 3, 1]),
    ('np.take([1, 2, 3], [0, 5, -7], mode="wrap")', [1, 3, 3]),
    ("jnp.take([1, 2, 3], [0, -1, 5], fill_value=7)", [1, 3, 7]),
    ("jnp.nan_to_num(jnp.take([1, 2, 3], [0, 5]))", [1, 0]),
    ("np.pad([1, 2], 1, constant_values=(3, 4))", [3, 1, 2, 4]),
    ('np.pad([1, 2], (2, 2), "linear_ramp", end_values=(0, 5))', [0, 0.5, 1, 2, 3.5, 5]),
    ('np.pad([1, 2, 4], (0, 1), "maximum", stat_length=2)', [1, 2, 4, 4]),
    ('np.pad([1, 2, 6], (1, 0), "mean")', [3, 1, 2, 6]),
    ('np.pad([1, 2, 4], (2, 1), "symmetric", reflect_type="odd")', [0, 1, 1, 2, 4, 4]),
    ("np.cov([1, 2, 4], aweights=[1, 2, 1])", 1.9),
    ("np.cov([1, 2, 4], fweights=[1, 2, 1])", 1.5833333333333333),
    ("np.ediff1d([1, 2, 4], 9, [0])", [0, 1, 2, 9]),
    ("np.meshgrid([1, 2], [3, 4], sparse=true)", ([[1, 2]], [[3], [4]])),
    ("jnp.bincount([0, 1, 1, 7], [1, 2, 3, 4], length=3)", [1, 5, 0]),
    ("np.interp([5.5, -1], [0, 1], [0, 1], period=2)", [0.5, 1]),
    (A + "np.linalg.cond(A, 1)", 21),
    (A + 'np.linalg.cond(A, "fro")', 15),
    ("cholesky([[4, 2], [2, 5]], lower=false)", [[2, 1], [0, 2]]),
    ("scipy.linalg.solve_triangular([[2, 1], [0, 4]], [2, 5], 'T')", [1, 1]),
    (A + 'np.einsum("...i,i->...", A, [1, 2])', [5, 11]),
    (A + "np.einsum(A, [0, 1], [1, 2], [1], [0])", [5, 11]),
    (A + 'np.einsum("ij,jk", A, A, optimize=true)', [[7, 10], [15, 22]]),
    ("np.full_like([1, 2], fill_value=[3, 4])", [3, 4]),
    ("math.hypot(2, 3, 6)", 7),
    ("F.scaled_dot_product_attention([[1, 2]], [[1, 0]], [[3, 4]], None, 0.0)", [[3, 4]]),
    ("jax.nn.dot_product_attention([[[1, 2]]], [[[1, 0]]], [[[3, 4]]])", [[[3, 4]]]),
    ("np.interp([0, 5], [1, 2], [3, 4], 0, 1)", [0, 1]),
    ("np.interp([0, 5], [1, 2], [3, 5], period=3)", [4, 5]),
    ('jnp.interp([0, 5], [1, 2], [3, 5], "extrapolate", right="extrapolate")', [1, 11]),
    # arguments of PyTorch's functions
    ("F.max_pool1d([[1, 2, 3, 4, 5]], 2, 2, 0, 1, True)", [[2, 4, 5]]),
    ("F.avg_pool1d([[1, 2, 3, 4, 5]], 2, 2, 1, True)", [[0.5, 2.5, 4.5]]),
    ("F.avg_pool2d([[[1, 2], [3, 5]]], 2, divisor_override=2)", [[[5.5]]]),
    ("F.avg_pool2d([[[1, 2], [3, 5]]], 2, 2, 1, False, False)", [[[1, 2], [3, 5]]]),
    ("F.lp_pool2d([[[3, 0], [4, 0]]], 2, 2)", [[[5]]]),
    ("F.adaptive_avg_pool1d([[1, 2, 3, 4, 5]], 2)", [[2, 4]]),
    ("F.interpolate([[[1, 2, 3, 4, 5]]], 2, None, 'area')", [[[2, 4]]]),
    ("F.gelu([0, 1], approximate='tanh')", [0, 0.8411919906082768]),
    ("jax.nn.gelu([0, 1])", [0, 0.8411919906082768]),
    ("F.gelu([0, 1])", [0, 0.8413447460685429]),
    (A + "torch.flatten([A, A], 1)", [[1, 2, 3, 4]] * 2),
    (A + "torch.flatten([A], start_dim=0, end_dim=1)", [[1, 2], [3, 4]]),
    (A + "lax.collapse([A, A], 1)", [[1, 2, 3, 4]] * 2),
    ("torch.linalg.solve([[2, 1], [0, 4]], [[2, 5]], left=False)", [[1, 1]]),
    ("torch.logit([0, 0.5], eps=0.5)", [0, 0]),
    ("torch.special.logit([0.5])", [0]),
    ("torch.mvlgamma([2], p=1)", [0]),
    ("torch.diagflat([1, 2], offset=1)", [[0, 1, 0], [0, 0, 2], [0, 0, 0]]),
    ("torch.diag_embed([[1, 2]], dim1=0, dim2=1)", [[[1], [0]], [[0], [2]]]),
    (A + "torch.select(A, 1, 0)", [1, 3]),
    (A + "A.select(dim=0, index=-1)", [3, 4]),
    ("torch.atleast_2d(1, [2])", ([[1]], [[2]])),
    (A + "torch.squeeze(A, 1)", [[1, 2], [3, 4]]),
    (A + "F.prelu([A - 5], [1, 2])", [[[-4, -3], [-4, -2]]]),
    ("F.relu([1, -1], True)", [1, 0]),
    ("F.elu([1, 0], 2, False)", [1, 0]),
    ("F.threshold([1, 3], 2, 7, False)", [7, 3]),
    ("torch.unflatten([1, 2, 3, 4], -1, (2, -1))", [[1, 2], [3, 4]]),
    # more names and prefixes of NumPy, SciPy and JAX
    ("jax.ops.segment_sum([1, 2, 3], [0, 0, 1])", [3, 3]),
    ("scipy.integrate.trapezoid([1, 2, 4])", 4.5),
    ("scipy.signal.windows.hann(3)", [0, 1, 0]),
    ("scipy.signal.windows.kaiser(4, 3, False) - kaiser(5, 3)[:4]", [0, 0, 0, 0]),
    ("np.divmod([7, -7], 3)", ([2, -3], [1, 2])),
    ("np.modf([2.5, -2.5])", ([0.5, -0.5], [2, -2])),
    ("np.frexp([10, -0.25, 0])", ([0.625, -0.5, 0], [4, -1, 0])),
    ("np.choose([1, 0], [[1, 2], [3, 4]])", [3, 2]),
    ("np.choose([2, -1], [[1, 2], [3, 4]], mode='wrap')", [1, 4]),
    ("lax.dynamic_update_slice([1, 2, 3], [9, 8], (5,))", [1, 9, 8]),
    ("lax.reduce_window([1, 2, 3, 4], 1, lax.add, (2,), (2,), 'VALID')", [4, 8]),
    ("lax.reduce_window([1, 2, 3], -inf, lax.max, (2,), None, 'SAME')", [2, 3, 3]),
    (A + "scipy.signal.convolve2d(A, [[1, 1]], 'same', 'symm')", [[2, 3], [6, 7]]),
    (A + "scipy.signal.correlate2d(A, [[1, 2]], mode='same')", [[5, 2], [11, 4]]),
    (A + "scipy.signal.convolve2d(A, [[1, 1]], fillvalue=1)", [[2, 3, 3], [4, 7, 5]]),
    ("scipy.signal.detrend([1, 2, 6], type='constant')", [-2, -1, 3]),
    ("jax.image.resize([1, 2], (3,), 'lanczos3')", [0.8758509488557324, 1.5, 2.1241490511442676]),
    (
        "scipy.linalg.lu([[1, 2], [4, 4]])",
        ([[0, 1], [1, 0]], [[1, 0], [0.25, 1]], [[4, 4], [0, 1]]),
    ),
    ("scipy.linalg.lu([[1, 2], [4, 4]], True)", ([[0.25, 1], [1, 0]], [[4, 4], [0, 1]])),
    ("tf.linalg.lu([[1, 2], [4, 4]])", ([[4, 4], [0.25, 1]], [1, 0])),
    ("jax.nn.identity(3)", 3),
    ("scipy.linalg.inv([[2, 1], [0, 4]], True)", [[0.5, -0.125], [0, 0.25]]),
    # more of TensorFlow and Keras
    ("tf.nn.silu([0, 1], 2) - [0, 1] * sigmoid([0, 2])", [0, 0]),
    ("tf.linalg.solve([[2, 1], [0, 4]], [[2], [5]], True)", [[1], [1]]),
    ("tf.linalg.inv([[2, 1], [0, 4]], adjoint=True)", [[0.5, 0], [-0.125, 0.25]]),
    ("scipy.linalg.solve([[2, 1], [0, 4]], [2, 5], transposed=True)", [1, 1]),
    ("exp(tf.math.lbeta([1, 2, 3]))", 1 / 60),
    ("tf.nn.dilation2d([[[[1], [2]]]], [[[0], [1]]], 1, 'SAME', 'NHWC', 1)", [[[[3], [2]]]]),
    ("tf.math.special.dawsn([0, 1])", [0, 0.5380795069127684]),
    (A + "tf.linalg.set_diag(A, [9, 8])", [[9, 2], [3, 8]]),
    (A + "tf.linalg.tensor_diag_part(tf.linalg.tensor_diag(A))", [[1, 2], [3, 4]]),
    ("tf.math.unsorted_segment_sqrt_n([1, 2, 3], [0, 0, 1], 2) * sqrt([2, 1])", [3, 3]),
    ("tf.sequence_mask([1, 3])", [[True, False, False], [True, True, True]]),
    ("tf.sequence_mask([1, 0], 2, dtype=tf.float32)", [[1, 0], [0, 0]]),
    ("tf.math.scalar_mul(2, [1, 2])", [2, 4]),
    ("tf.image.central_crop([[[1], [2], [3], [4]]], 0.5)", [[[2], [3]]]),
    ("tf.image.psnr([[[1], [2]]], [[[1], [4]]], 20)", 23.010299956639813),
    ("tf.nn.bias_add([[[[1, 2]]]], [10, 20])", [[[[11, 22]]]]),
    ("tf.nn.bias_add([[[[1]], [[2]]]], [10, 20], 'NCHW')", [[[[11]], [[22]]]]),
    ("keras.losses.categorical_crossentropy([[0, 1]], [[1, 3]]) - log(4/3)", [0]),
    ("tf.keras.losses.poisson([[1, 0]], [[1, 3]])", [1.99999995]),
    ("keras.activations.relu([-1, 0.4, 2], 0.5, 1, 0.5)", [-0.75, -0.05, 1]),
    ("keras.activations.linear([1, 2])", [1, 2]),
    # functions of PyTorch's
    ("torch.dist([1, 2], [4, 6])", 5),
    ("torch.frac([1.5, -1.5])", [0.5, -0.5]),
    ("torch.mode([1, 2, 2, 3])", (2, 2)),
    ("torch.mode([[3, 1, 3], [1, 1, 2]], 1, True)", ([[3], [1]], [[2], [1]])),
    ("torch.isclose([1, 2], [1, 3])", [True, False]),
    ("np.isclose([1, nan, inf], [1, nan, -inf], equal_nan=True)", [True, True, False]),
    ("torch.scatter_reduce([0, 9], 0, [0, 0], [5, 7], 'mean')", [4, 9]),
    ("[0, 9].scatter_reduce(0, [0, 0], [5, 7], 'amax', include_self=False)", [7, 9]),
    ("torch.renorm([[3, 4], [0.3, 0.4]], 2, 0, 5)", [[3, 4], [0.3, 0.4]]),
    ("torch.histc([1, 2, 3, 4, 4], bins=3)", [1, 1, 3]),
    ("torch.histc([1, 2, 3, 4, 4], 3, min=1, max=3)", [1, 1, 1]),
    ("F.margin_ranking_loss([1, 2], [2, 1], [1, -1], reduction='none')", [1, 1]),
    ("F.multi_margin_loss([[1, 2, 3]], [0])", 5 / 3),
    ("F.multilabel_margin_loss([[1, 2, 3]], [[0, -1, 2]])", 5 / 3),
    ("F.multilabel_soft_margin_loss([[0, 0]], [[0, 1]]) - log(2)", 0),
    ("F.soft_margin_loss([0, 0], [1, -1]) - log(2)", 0),
    ("F.binary_cross_entropy([0.5], [1], None, None, None, 'sum') - log(2)", 0),
    ("F.cross_entropy([[0, 0]], [1], None, None, -100, None, 'sum') - log(2)", 0),
    ("F.kl_div([-1], [1], None, None, 'sum', False)", 1),
    ("F.triplet_margin_loss([[1, 2]], [[1, 3]], [[1, 4]], eps=0)", 0),
    ("sum(F.gumbel_softmax([1, 2], dim=0))", 1),
    ("torch.linalg.tensorinv([[2, 0], [0, 4]], ind=1)", [[0.5, 0], [0, 0.25]]),
    ("np.linalg.tensorsolve([[2, 0], [0, 4]], [2, 4])", [1, 1]),
    ("torch.linalg.tensorsolve([[2, 1], [0, 4]], [4, 2], dims=(0,))", [2, 0]),
    ("torch.linalg.lu_factor([[1, 2], [4, 4]])", ([[4, 4], [0.25, 1]], [2, 2])),
    ("scipy.linalg.lu_factor([[1, 2], [4, 4]])", ([[4, 4], [0.25, 1]], [1, 1])),
    (A + "torch.chain_matmul(A)", [[1, 2], [3, 4]]),
    ("torch.cartesian_prod([1, 2], [3, 4])", [[1, 3], [1, 4], [2, 3], [2, 4]]),
    ("torch.combinations([1, 2, 3])", [[1, 2], [1, 3], [2, 3]]),
    # blocks: one matrix is one of them
    (A + "block_diag(A)", [[1, 2], [3, 4]]),
    (A + "block_diag([[1, 2], [3, 4]])", [[1, 2], [3, 4]]),
    (A + "block_diag(A, 5)", [[1, 2, 0], [3, 4, 0], [0, 0, 5]]),
    (A + "B = (A, [[5]]); block_diag(B)", [[1, 2, 0], [3, 4, 0], [0, 0, 5]]),
    (A + "block_diag((A, [[5]]))", [[1, 2, 0], [3, 4, 0], [0, 0, 5]]),
    ("scipy.linalg.block_diag([1, 2], [3])", [[1, 2, 0], [0, 0, 3]]),
    # bins
    ("tf.histogram_fixed_width([-1, 0, 1.5, 2, 5, 15], [0, 5], 5)", [2, 1, 1, 0, 2]),
    ("histogram([2.5, 2.5], 4)[0]", [0, 0, 2, 0]),
    ("np.digitize([0.5, 1.5, 2.5], [2, 1])", [2, 1, 0]),
]

REFUSED = [
    (
        "f(x) = tf.concat(x, 0); f([[1], [2]])",
        "may be a list, whose items are joined, or one array",
    ),
    ("torch.bucketize(1, [2, 1])", "not sorted"),
    ("np.linalg.svd([[1, 2], [3, 4]], hermitian=True)", "not symmetric"),
    ("tf.gather([[1, 2]], [[0]], axis=0, batch_dims=1)", "axis 0 is one of the 1"),
    ("torch.max([[1, 2]], 1).sign", "has no .sign"),
    ("np.linspace(0, 5, 4, dtype=int)", "np.linspace does not turn numbers into int"),
    ("np.sum([1.5, 1.5], 0, int)", "np.sum does not turn numbers into int"),
    ("sum([1.5, 1.5], dtype=int)", "sum does not turn numbers into int"),
    ("torch.cumsum([0.5, 1], 0, dtype=torch.int64)", "torch.cumsum does not turn numbers into"),
    ("np.full(2, 2, dtype=bool)", "np.full does not turn numbers into bool"),
    ("pinv([[1, 2], [3, 4]], hermitian=true)", "is not symmetric"),
    ("np.sum([[1, 2]], 0, true)", "'dtype' of np.sum has no counterpart here"),
    ("scipy.signal.square(2)", "'t' of scipy.signal.square has no counterpart here"),
    ("scipy.signal.step(2)", "'system' of scipy.signal.step has no counterpart here"),
    ("np.linalg.svd([[3, 0], [0, 4], [0, 0]])", "the full matrices of an svd are arbitrary"),
    ("scipy.linalg.qr([[3], [4]])", "is arbitrary"),
    ("optax.l2_loss([1, 2])", "'predictions' of optax.l2_loss has no counterpart here"),
    ("optax.cosine_distance([1, 2], [1, 2])", "'preds' of optax.cosine_distance has no"),
    ("torch.range(0, 4)", "'end' of torch.range has no counterpart here"),
    ("np.resize([[[1, 2]]], (2, 2))", "'new_shape' of np.resize has no counterpart here"),
    ("scipy.signal.normalize([1], [2])", "'b' of scipy.signal.normalize has no counterpart"),
    ("torch.ones(1, 1, 2, 2).unfold(2, 1, 1)", "'dimension' of torch.unfold has no counterpart"),
    ("ones((1, 4, 4, 1)).unfold(2, 3, 1)", "'dimension' of torch.unfold has no counterpart"),
    ("choose([2], [[1], [3]])", "choose needs whole numbers from 0 to 1"),
    ("choose([0], [[1], [3]], 'near')", "choose knows no mode 'near'"),
    ("lax.reduce_window([1, 2], 0, 3, (2,))", "a function such as lax.add is needed here, not a"),
    ("lax.reduce_window([1, 2], 0, lax.sub, (2,))", "reduce_window folds by lax.add, lax.mul"),
    ("convolve2d([1], [1])", "convolve2d takes matrices"),
    ("detrend([1, 2], type='bent')", "detrend knows no type 'bent'"),
    ("detrend([1, 2], bp=[3])", "the break points of detrend are from 0 to 2"),
    ("tf.contrib.layers.l2_regularizer(0.1)", r"write scale\*l2_loss\(w\)"),
    ("keras.regularizers.L2(0.1)", r"write scale\*sum\(w\^2\)"),
    ("tf.linalg.tensor_diag_part([[1, 2]])", "tensor_diag_part cannot halve the shape"),
    ("zeros(3, dtype='O')", "there is no type 'O'"),
    ("np.take([1, 2], 3, mode='near')", "take knows no mode 'near'"),
    (
        "np.pad([1, 2], 3, 'reflect', reflect_type='odd')",
        "an odd reflection is of no more elements",
    ),
    ("np.pad([1, 2], 1, 'empty')", "pad knows no mode 'empty'"),
    ("np.pad([1, 2], 1, constant_values=(1, 2, 3))", "these pairs do not fit 1 axes"),
    ("solve_triangular([[1]], [1], trans='X')", "there is no 'trans' 'X'"),
    ("np.einsum([1], exp([0]))", "or lists of numbers behind the arrays"),
    ("np.nanquantile([1, 2], 0.5, method='hazen')", "quantile knows no method 'hazen'"),
    (
        "F.scaled_dot_product_attention([[1, 2]], [[1, 0]], [[3, 4]], None, 0.1)",
        "'dropout_p' of F.scaled_dot_product_attention has no counterpart here",
    ),
    ("interp(0, [1, 2], [3, 5], left='same')", "interp knows no 'same'"),
    ("np.abs(np.fft.rfft([1, 2]))", "write rfft_abs, rfft_real or rfft_imag"),
    ("F.max_pool1d([[1, 2]], 2, return_indices=True)", "'return_indices' of F.max_pool1d has no"),
    ("F.gumbel_softmax([1, 2], 1, True)", "'hard' of F.gumbel_softmax has no counterpart here"),
    ("scipy.stats.mode([1, 2])", "'a' of scipy.stats.mode has no counterpart here"),
    ("mode([])", "there is no mode of no elements"),
    ("F.multi_margin_loss([[1, 2]], [0], 3)", "multi_margin_loss has the powers 1 and 2"),
    ("F.multilabel_margin_loss([[1, 2]], [0])", "needs a target of the same shape"),
    ("torch.scatter_reduce([1], 0, [0], [1], 'max')", "scatter_reduce knows no reduction 'max'"),
    ("torch.linalg.tensorinv(ones(2, 3, 4))", "makes no square matrix"),
    ("torch.linalg.tensorinv([[1]], 2)", "tensorinv needs more than 2 axes"),
    ("torch.combinations([[1]])", "combinations needs a vector"),
    ("torch.unflatten([1, 2, 3], 0, (2, 2))", "do not fit"),
    ("F.gelu([1], approximate='exact')", "gelu knows no 'exact'"),
    ("F.one_hot([0, 2], 2)", "class 2 is beyond the 2 classes"),
    ("F.adaptive_avg_pool2d([[[1]]], (1, 1, 1))", "adaptive pooling needs one length, or 2"),
    ("torch.flatten([[1]], 1, 0)", "there are no axes from 1 to 0"),
    ("np.ravel([[1, 2]], 'F')", "'order' of np.ravel has no counterpart here"),
    ("np.squeeze([1, 2], 0)", "axis 0 of length 2 cannot be squeezed away"),
    ("torch.std([1, 2], foo=1)", "torch.std has no parameter 'foo'"),
]


@pytest.mark.parametrize(("program", "expected"), VALUES)
def test_value(program: str, expected: Any) -> None:
    value = outcome(program, {})
    assert isinstance(value, tuple) == isinstance(expected, tuple)
    parts = zip(value, expected, strict=True) if isinstance(value, tuple) else [(value, expected)]
    for part, right in parts:
        assert part == pytest.approx(right) if not isinstance(right, list) else _close(part, right)


def _close(value: Any, right: Any) -> bool:
    if isinstance(right, list):
        return len(value) == len(right) and all(map(_close, value, right))
    return bool(value == pytest.approx(right))


@pytest.mark.parametrize(("program", "message"), REFUSED)
def test_refused(program: str, message: str) -> None:
    with pytest.raises(gradcli.GradcliError, match=message):
        gradcli.evaluate(program)


@pytest.mark.parametrize(
    "record", [r for r in catalog.FUNCTIONS.values() if r.signatures], ids=repr
)
def test_signatures_speak_of_parameters(record: Any) -> None:
    """Each can be read, sets only parameters that there are, and is reached by its name."""
    names = {p.name for p in record.parameters}
    for line in record.signatures:
        signature = FrameworkSignature(record, line)
        assert signature.defaults.keys() <= names
        prefix, *path, name = signature.head.split(".")
        if prefix in catalog.PREFIXES:
            function = prefixed_function(catalog, [prefix, *path, name])
            assert isinstance(function, BuiltIn)
            assert function.record is record, line
