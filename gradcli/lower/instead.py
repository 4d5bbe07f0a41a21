"""Names that frameworks have and the language has not, and how what they do is written here."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache

NAMES = """
numbers have no bits here: 2*x shifts by one, x // 2 and x % 2 take them apart
    invert bitwise_* gcd_ lcm_ *left_shift *right_shift shift_left shift_right_* population_count
    clz packbits
    unpackbits bitcast bitcast_convert_type mulhi int_repr binary_repr base_repr
numbers are real here: leave it out
    conj_physical_ conj conj_physical conjugate real real_if_close resolve_conj resolve_neg
numbers are real here: the imaginary part is 0
    imag is_complex is_conj iscomplex iscomplexobj isreal isrealobj
numbers are real here: the angle is where(x < 0, pi, 0)
    angle
complex numbers are not part of the language
    complex complex_ode fftnd hankel1* hankel2* hilbert hilbert2 ifftnd irfftnd istft sph_harm*
    view_as_complex* view_as_real* wofz csingle cdouble clongdouble
numbers are float64, or float32 with `--dtype float32`; cast(x, "int32") cuts them
    int? int?? uint? uint?? float?? float128 float?_* complex?? complex??? bfloat16 bool_ ubyte
    byte short ushort intc uintc intp uintp uint long ulong longlong ulonglong longdouble single
    type_as
    complex_ complexfloating character flexible float_ object_ str_ void bytes_ isfortran DType
    floating integer inexact number signedinteger unsignedinteger generic dtype as_dtype isdtype
    issubdtype can_cast promote_types result_type common_type min_scalar_type saturate_cast
    is_floating_point is_signed set_default_tensor_type get_default_dtype convert_image_dtype
write inf, -inf or nan for float("inf") and its like; numbers are float64 as they are
    float
leave it out: a list and an array are one
    tolist
write concatenate((a, b)), or column_stack((a, b)) for columns
    r_ c_
the number is written out: of float64 it is 2.220446049250313e-16
    finfo iinfo
write nextafter(x, inf) - x
    spacing ulp
leave it out: values do not change in place and are kept nowhere else
    *_copy asanyarray asarray_chkfinite ascontiguousarray asfortranarray asmatrix copy copyto
    detach_copy from_dlpack from_numpy may_share_memory ndarray require shares_memory to_dlpack
    guarantee_const optimization_barrier identity_n make_ndarray
leave it out: there are no devices, seeds or states to choose
    *_autocast* *anomaly* *_enabled *_printoptions are_deterministic* device get_default_device
    get_device* get_num_*threads get_rng_state initial_seed is_nonzero is_distributed name_scope
    printoptions seed set_default_device set_flush_denormal set_num_* set_rng_state set_warn_always
    use_deterministic_algorithms errstate geterr* seterr* init_scope control_dependencies
    with_sharding_constraint executing_eagerly inside_function no_op group stage function autocast
write cot(deg2rad(x))
    cotdg
write deg2rad(d + m/60 + s/3600)
    radian
leave it out: what a formula needs is checked where it is used
    Assert assert_* check_pinned issymmetric ishermitian
values come from files and go to them: `--x @FILE.npy`, `-o FILE.npy`
    load save savez savez_compressed loadtxt savetxt genfromtxt fromfile memmap from_file decode_*
    encode_* is_jpeg extract_jpeg_shape
write print(x)
    array2string array_repr array_str as_string format_float_* typename
write zeros(shape)
    empty empty_like empty_permuted empty_strided zeros_initializer
write x.shape, x.ndim, x.size
    broadcast_shapes broadcast_dynamic_shape broadcast_static_shape is_tensor iterable rank shape_n
    TensorShape Size is_same_size
write x.reshape(y.shape)
    view_as reshape_as
write broadcast_to(x, y.shape)
    expand_as
write broadcast_to(x, shape)
    broadcast broadcast_like broadcast_to_rank resize_as_ as_strided*
random numbers are random_uniform(shape) and random_normal(shape)
    *_dropout bernoulli multinomial rand_like randint randint_like randn_like randperm rng_*
    stateless_random_* random_* sample_distorted_bounding_box sobol_sample poisson feature_dropout
    all_candidate_sampler fixed_unigram_* learned_unigram_* fractional_max_pool* fractional_avg_pool
    nce_loss sampled_softmax_loss
random slopes are not drawn: write leaky_relu(x, slope)
    rrelu
there is one way to compute it: write the name without such a prefix
    cudnn_* fbgemm_* miopen_* mkldnn_* native_* quantized_* fake_quantize_* quantize_* dequantize
    precv scaled_mm grouped_mm scaled_grouped_mm scaled_dot dsmm hsmm hspmm saddmm smm spmm sspaddmm
    sparse_*_tensor unsafe_* reduce_precision embedding_lookup_sparse adjust_jpeg_quality
there are no other processes: sum(x, 0), max(x, 0) go over the rows
    all_gather all_to_all axis_index axis_size pbroadcast pcast pmax pmin ppermute psend pshuffle
    psum psum_scatter pswapaxes ragged_all_to_all
how many elements it gives hangs on their values; x[x > 0] takes those that meet a condition
    argrel* collapse_repeated dynamic_partition edit_distance find_peaks* flatnonzero
    non_max_suppression* nonzero_static peak_* setxor1d trim_zeros unique_*
write diagonal(A), tril(A), triu(A)
    diag_indices* mask_indices tril_indices* triu_indices* diagonal_scatter
write argmax(where(isnan(x), -inf, x)), argmin(where(isnan(x), inf, x))
    nanargmax nanargmin
write x == inf, x == -inf
    isposinf isneginf
write x[rows][:, columns]
    ix_
write i // n and i % n
    unravel_index
write i*n + j
    ravel_multi_index indices
write x[argsort(key)]
    lexsort sort_complex sort_key_val
write argsort(p)
    invert_permutation
write all(diff(x) >= 0), all(diff(x) > 0)
    is_non_decreasing is_strictly_increasing
write x.at[i].set(y); there are add, multiply, min and max, too
    fill_diagonal place scatter_apply scatter_max scatter_min scatter_mul scatter_sub
    select_scatter slice_scatter index_reduce dynamic_stitch
write where(c, a, b)
    select_n
write a if c else b
    switch switch_case platform_dependent
what is reduced is said by the name: sum(x, axis), max, min, prod, any, all
    reduce reduce_and reduce_or reduce_xor segment_reduce
a scan is a loop: for x in xs { s = s*0.9 + x }; cumsum, cumprod and cummax exist
    associative_scan lfilter lfiltic lfilter_zi sosfilt* iircomb
f of each row is vmap(f)(x)
    map ndenumerate ndindex nditer nested_iters frompyfunc fromfunction fromiter apply_over_axes
    py_function numpy_function
write grad(y, x), or grad(y, (a, b)) of several
    gradients grad_pass_through recompute_grad
write hessian(y, x)
    hessians
write [a, b, c]
    TensorArray parallel_stack bmat scalar_tensor make_tensor_proto *Tensor *Storage IndexedSlices
a polynomial is the array of its coefficients, highest power first: polyval(c, x)
    poly1d
the polynomial with roots r is prod(x - r); equations are not solved
    poly roots chebroots unique_roots
polynomials are not divided; polymul, polyval, polyder and polyint exist
    polydiv deconvolve residue residuez invres invresz
equations are not solved; the first zeros can be written as numbers
    *_zeros
of two variables, histogram(i*n + j, n*n) counts pairs of bins
    histogram2d histogramdd histogram_bin_edges histogram_fixed_width_bins confusion_matrix
write topk(x, k)
    approx_min_k approx_top_k in_top_k
write trunc(x/y)
    truncatediv
write where(x == 0, 0, 1/x)
    reciprocal_no_nan
write trunc(sqrt(n))
    isqrt
write x.ndim == 0
    isscalar
write x.ndim
    dim
write x < 0
    is_neg
write sum(x)
    fsum compute_average_loss
write sqrt(sum(x^2) + sum(y^2))
    global_norm
write concat([flip(x[:n]), x[n:]])
    reverse_sequence
write norm(A)
    frobenius_norm native_norm
write norm(A, "nuc")
    nuclear_norm
write solve(A, b)
    lu_solve cho_solve_banded ldl_solve lu_matrix_inverse solve_ex custom_linear_solve
write solve(toeplitz(c), b), with the whole matrix
    solve_toeplitz solve_circulant solveh_banded banded_triangular_solve
write inv(L @ L.T)
    cholesky_inverse
inv(A), cholesky(A), lu_factor(A) are an error where they fail, and need no other name
    inv_ex cholesky_ex cholesky_banded lu_factor_ex ldl ldl_factor*
write pinv(A)
    pinverse pinvh
write svd(A) and take the first columns, U[:, :k]
    pca_lowrank svd_lowrank orth null_space subspace_angles diagsvd
write qr(A)
    orgqr ormqr geqrf householder_product qr_multiply qr_update qr_insert qr_delete rq
write u, s, vt = svd(A.T @ B); u @ vt
    orthogonal_procrustes
write eigh(A), with the whole matrix
    eigh_tridiagonal eig_banded eigvals_banded eigvalsh_tridiagonal lobpcg symeig
of a symmetric matrix, w, v = eigh(A); v @ diag(cos(w)) @ v.T; so with any function of w
    cosm sinm tanm coshm sinhm tanhm signm funm
of a symmetric matrix, w, v = eigh(A); v @ diag(w^p) @ v.T
    fractional_matrix_power
write jvp(expm(A), A, E)
    expm_frechet
there is no such form; eigh, svd, qr, lu and cholesky exist
    schur qz ordqz hessenberg rsf2csf cdf2rdf cossin matrix_balance
write solve(kron(A, eye(m)) + kron(eye(n), B.T), Q.ravel()).reshape(n, m)
    solve_sylvester solve_lyapunov solve_continuous_lyapunov
matrices are written out, [[1, 2], [3, 4]], or made from range(n) by broadcasting
    companion convolution_matrix dft fiedler fiedler_companion hadamard helmert invhilbert invpascal
    leslie pascal LinearOperator*
write einsum("ik,jk->ijk", A, B).reshape(-1, k)
    khatri_rao
write A @ B
    scaled_matmul scaled_dot_general tridiagonal_matmul matmul_toeplitz ragged_dot* lu_reconstruct
of the elliptic integrals there are ellipk(m), ellipe(m) and ellipkm1 as ellipk(1 - p)
    ellipkinc ellipeinc elliprc elliprd elliprf elliprg elliprj ellipj
write binom_sf(k, n, p)
    bdtrc
write chi2_sf(x, df)
    chdtrc
write chi2_ppf(1 - p, df)
    chdtri
write gamma_cdf(b*x, a)
    gdtr
write gamma_sf(b*x, a)
    gdtrc
write poisson_sf(k, mu)
    pdtrc
write betainc(n, k + 1, p)
    nbdtr
write betaincc(n, k + 1, p)
    nbdtrc
write betainc(m/2, n/2, m*x/(m*x + n))
    fdtr
write betaincc(m/2, n/2, m*x/(m*x + n))
    fdtrc
write t_ppf(p, df)
    stdtrit
write ndtri(exp(y))
    ndtri_exp
write betaincinv(a, b, 1 - y)
    betainccinv
there is no inverse by that argument
    bdtri bdtrik bdtrin btdtria btdtrib chdtriv gdtria gdtrib gdtrix fdtri* nbdtri* ncfdtr* nctdtr*
    nrdtri* pdtri pdtrik stdtridf chndtr*
write d^2*(sqrt(1 + (r/d)^2) - 1)
    pseudo_huber
write expm1(log1p(l*y)/l)
    inv_boxcox1p
write zeta(x) - 1
    zetac
write lambertw(exp(x))
    wrightomega
write pi/4*(a + b)/ellipk(((a - b)/(a + b))^2)
    agm
write sin(n*x/2)/(n*sin(x/2))
    diric
write jv(v, x), yv(v, x)
    jve yve
write sqrt(pi/(2*x))*jv(n + 0.5, x)
    spherical_jn spherical_bessel_j0 riccati_jn
write sqrt(pi/(2*x))*yv(n + 0.5, x)
    spherical_yn riccati_yn
write sqrt(pi/(2*x))*iv(n + 0.5, x)
    spherical_in
write sqrt(pi/(2*x))*kv(n + 0.5, x)
    spherical_kn
write grad(jv(n, x), x), so with iv, kv and yv
    ivp kvp yvp h1vp h2vp
write cos(n*acos(x))
    eval_chebyt chebyshev_polynomial_t chebyt
write sin((n + 1)*acos(x))/sin(acos(x))
    eval_chebyu chebyshev_polynomial_u chebyu
write hyp2f1(-n, n + 1, 1, (1 - x)/2)
    eval_legendre legendre_polynomial_p legendre_p legendre
write hyp1f1(-n, 1, x)
    eval_laguerre laguerre_polynomial_l laguerre
write binom(n + a, n)*hyp1f1(-n, a + 1, x)
    eval_genlaguerre assoc_laguerre genlaguerre
write binom(n + a, n)*hyp2f1(-n, n + a + b + 1, a + 1, (1 - x)/2)
    eval_jacobi jacobi
the recurrence is a loop: h = x; g = 1; for k in range(1, n) { h, g = (x*h - k*g, h) }
    eval_hermite* hermite hermitenorm hermite_polynomial_*
polynomials are written out, or their recurrence as a loop
    eval_* *_polynomial_* assoc_legendre* chebyc chebys gegenbauer sh_* sph_legendre* lpmv lqmn lqn
nodes and weights are written as arrays, the integral is sum(w*f(x))
    roots_* *_roots
there is no such function: write its series, or sum(w*f(t)) of its integral
    struve modstruve ber bei ker kei berp beip kerp keip kelvin mathieu_* pro_* obl_* pbdv* pbvv*
    pbdn_seq pbwa it*0 itairy airye besselpoly modfresnel* smirnov* kolmog* wright_bessel lmbda
    tklmbda voigt_profile shichi factorial2 factorialk stirling2 euler ellip_harm* ellip_normal
dates and times are numbers here
    busday* datetime* is_busday timedelta64 timestamp
there are no integrals of formulas; of samples, trapezoid(y, x) or sum(w*y)
    cubature cumulative_simpson dblquad fixed_quad newton_cotes nquad nsum qmc_quad quad_vec romb
    simpson tanhsinh tplquad lebedev_rule
a solver's steps are a loop: for t in ts { x += h*f(x) }
    BDF DOP853 LSODA RK23 RK45 Radau solve_bvp ode
descent is a loop: for i in range(100) { x = x - 0.1*grad(f(x), x) }
    minimize minimize_scalar fmin_* curve_fit least_squares leastsq basinhopping custom_root
write interp(x, xp, fp)
    interp1d interpn griddata CubicSpline make_interp_spline UnivariateSpline
write t/pi % 2 - 1
    sawtooth
write where(t % (2*pi) < pi, 1, -1)
    scipy.signal.square
systems have no responses here: a recurrence is a loop
    scipy.signal.step
write one_hot(k, n)
    unit_impulse
write cos(2*pi*(f0*t + (f1 - f0)*t^2/(2*t1)))
    chirp sweep_poly
windows are hann(n), hamming(n), blackman(n), bartlett(n), kaiser(n, beta)
    get_window
filters have no transforms here
    scipy.signal.bilinear
write fftconvolve(x, y)
    oaconvolve upfirdn sepfir2d choose_conv_method
write median(sliding_window_view(x, 3), axis=-1)
    medfilt medfilt2d order_filter
write rfft_abs(x)^2
    lombscargle czt CZT zoom_fft ZoomFFT ShortTimeFFT periodogram welch spectrogram csd coherence
filters are not designed here: convolve(x, h) applies one
    buttap besselap cheb?ap ellipap *lp2?? *2lp *_zpk *2sos *2tf *2ss *2zpk tf2* ss2* zpk2*
    place_poles
    minimum_phase spline_filter *spline1d* *spline2d* symiirorder* group_delay dfreqresp freqresp
    StateSpace TransferFunction ZerosPolesGain cont2discrete dimpulse dstep impulse kaiserord
    bessel butter buttord cheb*ord cheby1 cheby2 ellip ellipord filtfilt firls firwin* iir* remez
    savgol_* freqz* freqs* sos* bode dbode lti dlti lsim dlsim decimate resample* wiener gammatone
write repeat(x[..., newaxis], 3, axis=-1)
    grayscale_to_rgb
write x[:, top:top + h, left:left + w]
    crop_to_bounding_box crop_and_resize extract_glimpse random_crop
write pad(x, ((0, 0), (t, b), (l, r), (0, 0)))
    pad_to_bounding_box resize_with_pad resize_with_crop_or_pad constant_pad_nd
write x @ M, with the 3 by 3 matrix of the colours
    rgb_to_yiq rgb_to_yuv yiq_to_rgb yuv_to_rgb
write x[:, 1:] - x[:, :-1], or conv2d(x, filter)
    image_gradients sobel_edges
pixels are taken by resize_bilinear(x, size) and by an index, not along a grid
    affine_grid* grid_sample* cudnn_grid_sampler
there is no such loss: the scores of all paths are a loop of logsumexp
    ctc_*
write max_pool2d(x, size)
    *max_pool1d_with_indices *max_pool2d_with_indices *max_pool3d_with_indices max_pool_with_argmax
write x.at[indices].set(y)
    max_unpool*
write x.reshape(n, g, c // g, h, w).swapaxes(1, 2).reshape(n, c, h, w)
    channel_shuffle
write conv2d(x, w, dilations=r)
    atrous_conv2d*
write conv2d(x, w), or conv1d; the gradient by the filter is grad(y, w)
    conv_general_* conv2d_backprop* depthwise_conv2d_backprop* conv_tbc convolution
    conv_with_general_padding with_space_to_batch extract_volume_patches
write sum(A @ B, axis=0) + C
    addbmm
write split(x, sizes)
    split_with_sizes
write P, L, U = lu(A)
    lu_unpack
write x/sqrt(var + eps)*scale + offset, with x less its mean
    batch_norm_*
write interpolate(x, scale_factor=2, mode="nearest")
    upsample_nearest
write interpolate(x, scale_factor=2, mode="bilinear", align_corners=true)
    upsample_bilinear
write scaled_dot_product_attention(q, k, v)
    multi_head_attention_forward
write sum(embedding(i, w), axis=0)
    embedding_bag safe_embedding_lookup_sparse embedding_renorm_
cells are written out, as a loop: for x in xs { h = tanh(x @ W + h @ U + b) }
    LSTM LSTMCell GRU GRUCell RNN RNNCell SimpleRNN lstm lstm_cell gru gru_cell rnn_* RNNCell*
write mean(relu(d(a, p) - d(a, n) + margin))
    triplet_margin_with_distance_loss
write cross_entropy(x @ w.T, target)
    linear_cross_entropy
write relu(1 + max((1 - t)*p) - sum(t*p))
    categorical_hinge CategoricalHinge
write 1 - 2*sum(t*p)/(sum(t) + sum(p))
    dice Dice tversky Tversky
write -log(p[range(n), labels])
    sparse_categorical_crossentropy SparseCategoricalCrossentropy
write (1 - p)^gamma*binary_cross_entropy(p, t)
    *focal_crossentropy *FocalCrossentropy
write 100*mean(abs((t - p)/t))
    mape MAPE MeanAbsolutePercentageError
write mean((log1p(t) - log1p(p))^2)
    msle MSLE MeanSquaredLogarithmicError
write average(x, weights=w) for the mean m, average((x - m)^2, weights=w) for the variance
    weighted_moments sufficient_statistics normalize_moments
distributions are functions: norm_logpdf(x, loc, scale), norm_cdf, norm_ppf; t, beta, gamma, …
    Normal Beta Gamma Cauchy Laplace Poisson Exponential StudentT Uniform Bernoulli Binomial
"""
"""A hint, and below it the names that it is for; `*` stands for any letters."""


def hint(name: str) -> str | None:
    """What to say to a name, without its prefix; None if it is not known."""
    names, patterns = _hints()
    fitting = [ranked for pattern, ranked in patterns.items() if fnmatchcase(name, pattern)]
    if name in names:
        fitting.append(names[name])
    return min(fitting)[1] if fitting else None


@cache
def _hints() -> tuple[dict[str, tuple[int, str]], dict[str, tuple[int, str]]]:
    """The hints of names and of patterns, each with its rank: the first that fits is said."""
    names: dict[str, tuple[int, str]] = {}
    patterns: dict[str, tuple[int, str]] = {}
    said = ""
    for line in NAMES.splitlines():
        if not line.startswith(" "):
            said = line
            continue
        for word in line.split():
            kind = names if _PATTERN.isdisjoint(word) else patterns
            kind.setdefault(word, (len(names) + len(patterns), said))
    return names, patterns


_PATTERN = frozenset("*?[")
