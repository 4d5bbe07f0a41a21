"""The names of the functions of each module, by `python -m gradcli.ops.write_names`."""

from __future__ import annotations

MODULES = {
    "arithmetic": """
        add add_strict add_v2 sub subtract sub_strict mul multiply mul_strict scalar_mul div
        divide true_divide truediv realdiv div_strict neg negative pos positive reciprocal
        floordiv floor_divide floor_div mod remainder floormod floor_mod squared_difference
        squared_error squared_difference_strict addn add_n accumulate_n""",
    "fused": """
        divide_no_nan div_no_nan multiply_no_nan mul_no_nan fmod rem truncatemod truncate_mod
        trunc_mod ldexp divmod modf frexp lerp mix addcmul addcdiv rsub add_scaled sub_scaled
        div_rounded step_or_line""",
    "powers": """
        square cube sqrt rsqrt cbrt hypot pow power float_power integer_pow pow_strict""",
    "exponential": """
        exp exp2 expm1 log ln log2 log10 log1p log1mexp sigmoid expit logistic log_sigmoid
        logsigmoid log_expit logb logn logaddexp logaddexp2 logsubexp log_sub_exp xdivy xlogy
        xlog1py""",
    "trigonometry": """
        sin cos tan sec csc cot asin arcsin acos arccos atan arctan atan2 arctan2 deg2rad
        radians rad2deg degrees sind sindg cosd cosdg tand tandg sinh cosh tanh sech csch coth
        asinh arcsinh acosh arccosh atanh arctanh acot arccot asec arcsec acsc arccsc acoth
        arccoth asech arcsech acsch arccsch""",
    "compare": """
        lt less less_strict le less_equal gt greater ge greater_equal eq equal ne not_equal
        logical_and logical_or logical_xor logical_not isnan is_nan isNaN isinf is_inf isfinite
        is_finite signbit all reduce_all any reduce_any array_equal where where_v2 maximum
        minimum clip clamp clip_by_value clamp_min clamp_max sign sgn floor ceil rint trunc fix
        round_away nearest_remainder round around abs absolute fabs step heaviside copysign""",
    "selection": """
        nextafter frac isclose allclose fmax fmin nan_to_num select choose piecewise Piecewise
        case clamp_between cast astype convert_element_type to clip_by_norm clip_by_global_norm""",
    "marks": """
        stop_gradient detach""",
    "reduce": """
        sum reduce_sum mean reduce_mean average max amax reduce_max min amin reduce_min ptp prod
        reduce_prod argmax arg_max argmin arg_min count_nonzero""",
    "softmax": """
        logsumexp reduce_logsumexp log_sum_exp softmax nn_softmax softmin log_softmax""",
    "nans": """
        nansum nanmean nanprod nanmax nanmin nanvar nanstd""",
    "moments": """
        var reduce_variance std reduce_std moments var_mean std_mean sem skew kurtosis cov
        covariance corrcoef zscore gmean hmean pmean""",
    "quantiles": """
        quantile percentile nanquantile nanpercentile median nanmedian""",
    "running": """
        cumsum cumulative_sum cumlogsumexp cumulative_logsumexp logcumsumexp log_cumsum_exp
        unwrap cumprod cumulative_prod nancumsum nancumprod""",
    "running_extremes": """
        cummax maximum_accumulate cummin minimum_accumulate""",
    "sorting": """
        argsort sort msort topk top_k approx_max_k argpartition partition kthvalue mode
        torch_max torch_min aminmax""",
    "histograms": """
        searchsorted digitize bucketize histogram histogram_fixed_width histc bincount
        dense_bincount""",
    "shape": """
        reshape view ravel flatten collapse transpose permute permute_dims t expand_dims
        unsqueeze squeeze broadcast_to expand concat concatenate cat tf_concat stack pack flip
        reverse rev""",
    "axes": """
        swapaxes swapdims moveaxis movedim rollaxis""",
    "joining": """
        hstack vstack row_stack dstack column_stack append unstack unbind unpack split
        array_split tensor_split chunk hsplit vsplit dsplit atleast_1d atleast_2d atleast_3d
        broadcast_arrays broadcast_tensors broadcast_in_dim block unflatten cartesian_prod
        combinations""",
    "tiling": """
        tile repeat repeat_interleave flipud fliplr roll rot90 pad pad1d pad2d pad3d pad4d
        mirror_pad lax_pad""",
    "indexing": """
        take_along_axis take_along_dim slice strided_slice torch_select take gather
        embedding_lookup index_select gather_elements gather_nd gather_n_d narrow dynamic_slice
        slice_in_dim index_in_dim dynamic_slice_in_dim dynamic_index_in_dim boolean_mask
        boolean_mask_async compress extract masked_select""",
    "scatter": """
        dynamic_update_slice dynamic_update_slice_in_dim dynamic_update_index_in_dim scatter_nd
        scatter_n_d tensor_scatter_nd_update tensor_scatter_update tensor_scatter_nd_add
        tensor_scatter_add tensor_scatter_nd_sub tensor_scatter_sub tensor_scatter_nd_max
        tensor_scatter_max tensor_scatter_nd_min tensor_scatter_min index_add index_copy
        index_fill index_put scatter scatter_add scatter_reduce put_along_axis put masked_fill
        putmask masked_scatter insert delete""",
    "segments": """
        segment_sum unsorted_segment_sum segment_mean unsorted_segment_mean segment_sqrt_n
        unsorted_segment_sqrt_n segment_prod unsorted_segment_prod segment_max
        unsorted_segment_max segment_min unsorted_segment_min""",
    "creation": """
        zeros ones eye tri range arange identity asarray array tensor tensor1d tensor2d tensor3d
        tensor4d constant scalar Variable variable convert_to_tensor as_tensor clone
        ensure_shape size numel nelement len item full fill full_like zeros_like ones_like
        linspace lin_space logspace geomspace meshgrid sequence_mask one_hot one_hot_classes
        random_normal random_uniform""",
    "matmul": """
        matmul mat_mul mm bmm mv batch_mat_mul""",
    "products": """
        tensordot dot inner vdot outer outer_product ger kron vecdot matvec mat_vec vecmat
        multi_dot chain_matmul cross matrix_transpose adjoint dot_general addmm addmv baddbmm
        addr""",
    "einsum": """
        einsum""",
    "diagonals": """
        diagonal diag_part matrix_diag_part diag diag_embed matrix_diag set_diag matrix_set_diag
        tensor_diag tensor_diag_part diagflat tril triu band_part matrix_band_part trace
        toeplitz circulant hankel block_diag""",
    "solving": """
        solve matrix_solve inv inverse matrix_inverse tensorinv tensorsolve solve_triangular
        triangular_solve matrix_triangular_solve cholesky_solve cho_solve solve_banded
        tridiagonal_solve""",
    "matrix_functions": """
        det matrix_determinant slogdet logdet matrix_power expm matrix_exp matrix_exponential
        sqrtm matrix_square_root""",
    "decompositions": """
        cholesky cho_factor logdet_cholesky qr gram_schmidt lu_factor lu""",
    "eigen": """
        eigvalsh self_adjoint_eigvals eigh self_adjoint_eig""",
    "spectral": """
        svdvals svd matrix_rank pinv lstsq""",
    "norms": """
        norm vector_norm matrix_norm cond math_hypot euclidean_norm reduce_euclidean_norm
        l2_loss cdist pdist pairwise_distance cosine_similarity dist renorm""",
    "calculus": """
        diff ediff1d fdiff trapezoid trapz cumulative_trapezoid cumtrapz interp
        interp_regular_1d_grid""",
    "polynomial": """
        polyval polyadd polysub polymul polyder polyint vander""",
    "signals": """
        convolve fftconvolve correlate convolve2d correlate2d detrend dct idct rfft_real
        rfft_imag rfft_abs hann hanning hann_window hamming hamming_window blackman
        blackman_window bartlett bartlett_window kaiser kaiser_window""",
    "gamma": """
        lgamma gammaln loggamma digamma psi polygamma trigamma gamma tgamma gammasgn rgamma
        multigammaln mvlgamma factorial binom comb poch ways_to_choose beta betaln lbeta
        lbeta_of_rows""",
    "error_functions": """
        erf erfc erfcx erfinv erf_inv erfcinv dawsn ndtr log_ndtr ndtri probit owens_t""",
    "entropy": """
        logit entr clipped_logit rel_entr kl_div boxcox boxcox1p""",
    "integrals": """
        sinc fresnel_sin fresnel_cos fresnel sine_integral cosine_integral expi expint exp1 sici
        expn spence dilog ellipk ellipe zeta lambertw LambertW""",
    "incomplete": """
        gammainc igamma gammaincc igammac gammaincinv igammainv gammainccinv igammacinv
        igamma_grad_a""",
    "incomplete_beta": """
        betainc ibeta betaincc betaincinv""",
    "bessel": """
        jv jn bessel_jn besselj yv yn bessel_yn bessely iv besseli kv kn besselk ive bessel_ive
        kve bessel_kve kv_whole yv_whole j0 bessel_j0 j1 bessel_j1 y0 bessel_y0 y1 bessel_y1 i0
        bessel_i0 modified_bessel_i0 i1 bessel_i1 modified_bessel_i1 i0e bessel_i0e i1e
        bessel_i1e k0 bessel_k0 modified_bessel_k0 k1 bessel_k1 modified_bessel_k1 k0e
        bessel_k0e scaled_modified_bessel_k0 k1e bessel_k1e scaled_modified_bessel_k1 airy_ai
        airy_bi airy""",
    "hypergeometric": """
        hyp2f1 hyp1f1""",
    "distributions": """
        norm_pdf norm_logpdf norm_cdf norm_logcdf norm_sf norm_ppf t_pdf t_logpdf t_cdf t_logcdf
        t_sf t_ppf logistic_pdf logistic_logpdf logistic_cdf logistic_logcdf logistic_sf
        logistic_ppf cauchy_pdf cauchy_logpdf cauchy_cdf cauchy_logcdf cauchy_sf cauchy_ppf
        laplace_pdf laplace_logpdf laplace_cdf laplace_logcdf laplace_sf laplace_ppf expon_pdf
        expon_logpdf expon_cdf expon_logcdf expon_sf expon_ppf lognorm_pdf lognorm_logpdf
        lognorm_cdf lognorm_logcdf lognorm_sf lognorm_ppf uniform_pdf uniform_logpdf uniform_cdf
        uniform_logcdf uniform_sf uniform_ppf""",
    "gamma_distributions": """
        gamma_pdf gamma_logpdf gamma_cdf gamma_logcdf gamma_sf gamma_ppf chi2_pdf chi2_logpdf
        chi2_cdf chi2_logcdf chi2_sf chi2_ppf beta_pdf beta_logpdf beta_cdf beta_logcdf beta_sf
        beta_ppf poisson_pmf poisson_logpmf poisson_cdf poisson_logcdf poisson_sf poisson_ppf
        binom_pmf binom_logpmf binom_cdf binom_sf""",
    "activations": """
        relu relu6 leaky_relu prelu keras_relu crelu elu celu selu softplus log1pexp squareplus
        sparse_plus gelu silu swish mish glu threshold softsign soft_sign hard_sigmoid
        hardsigmoid sparse_sigmoid hard_tanh hardtanh hard_swish hardswish hard_silu tanhshrink
        softshrink soft_shrink hardshrink hard_shrink""",
    "layers": """
        l2_normalize normalize standardize layer_norm rms_norm group_norm instance_norm
        batch_norm batch_normalization batch_norm2d batch_norm3d batch_norm4d
        batch_norm_channels bias_add fused_batch_norm local_response_normalization lrn
        local_response_norm dropout gumbel_softmax embedding linear dense bilinear
        scaled_dot_product_attention dot_product_attention""",
    "losses": """
        weighted_loss compute_weighted_loss mse mse_loss mean_squared_error mae l1_loss
        mean_absolute_error absolute_difference huber huber_loss smooth_l1 smooth_l1_loss
        log_cosh logcosh cosine_distance hinge hinge_loss squared_hinge kl_divergence kld
        kullback_leibler_divergence kl_div_loss poisson_nll poisson_nll_loss poisson_loss
        log_poisson_loss gaussian_nll gaussian_nll_loss""",
    "cross_entropies": """
        binary_cross_entropy binary_crossentropy categorical_crossentropy
        categorical_cross_entropy log_loss sigmoid_cross_entropy
        sigmoid_cross_entropy_with_logits weighted_cross_entropy_with_logits
        binary_cross_entropy_with_logits bce_with_logits softmax_cross_entropy
        softmax_cross_entropy_with_logits softmax_cross_entropy_with_logits_v2
        sparse_softmax_cross_entropy sparse_softmax_cross_entropy_with_logits nll_loss
        cross_entropy""",
    "margins": """
        cosine_embedding_loss hinge_embedding_loss soft_margin_loss margin_ranking_loss
        multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss triplet_margin_loss""",
    "convolution": """
        conv1d conv2d conv conv_general_dilated conv3d torch_conv1d torch_conv2d torch_conv3d
        depthwise_conv2d depthwise_conv2d_native separable_conv2d conv1d_transpose
        conv2d_transpose conv3d_transpose conv_transpose1d conv_transpose2d conv_transpose3d
        lax_conv_transpose""",
    "pooling": """
        max_pool max_pool1d max_pool2d max_pool3d avg_pool avg_pool1d avg_pool2d avg_pool3d pool
        lp_pool1d lp_pool2d lp_pool3d adaptive_avg_pool1d adaptive_avg_pool2d
        adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d
        reduce_window dilation2d erosion2d""",
    "images": """
        resize resize_bilinear resize_nearest resize_nearest_neighbor resize_bicubic interpolate
        upsample flip_left_right flip_up_down central_crop psnr adjust_brightness
        adjust_contrast adjust_gamma per_image_standardization rgb_to_grayscale total_variation""",
    "blocks": """
        depth_to_space space_to_depth pixel_shuffle pixel_unshuffle space_to_batch
        space_to_batch_nd space_to_batch_n_d batch_to_space batch_to_space_nd batch_to_space_n_d
        sliding_window_view extract_patches unfold im2col fold col2im""",
}
