"""Which functions of JAX give arrays of a type of their own, though they are given weak ones."""

from __future__ import annotations

FRACTIONS = frozenset({"convolve", "correlate", "fabs", "float_power"})
"""Names of functions that are of numbers with fractions, and under others of whole ones, too."""

STRONG = frozenset(
    """all any argmax argmin argsort average count_nonzero cumprod cumsum det diagonal erfcx
    expi exp1 expn gelu histogram inv isclose isfinite isinf isnan log10 log2 log_ndtr log_softmax
    logit logsumexp matrix_norm matrix_rank max mean median min multigammaln nan_to_num nanmax
    nanmean nanmedian nanmin nanprod nanquantile nanstd nansum nanvar ndtr ndtri norm norm_cdf
    norm_logcdf norm_ppf norm_sf norm_logsf owens_t percentile pinv polyval prod ptp quantile
    repeat searchsorted signbit softmax standardize std sum trace trapezoid unwrap vander var
    vector_norm""".split()
)
"""Functions, by our names of them; all others are as weak as what they are made of."""
