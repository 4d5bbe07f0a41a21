"""Images resized and turned over."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.errors import DomainError, ProgramTypeError, ShapeError
from gradcli.ir.function import function
from gradcli.ir.op import as_number
from gradcli.ir.shapes import one_each, show_shape
from gradcli.ops.axes import moveaxis
from gradcli.ops.calculus import diff
from gradcli.ops.compare import abs_, maximum
from gradcli.ops.exponential import log10
from gradcli.ops.matmul import MATMUL
from gradcli.ops.moments import std
from gradcli.ops.pooling import adapted
from gradcli.ops.powers import square
from gradcli.ops.reduce import mean, sum_
from gradcli.ops.shape import along, flip, reshape_to

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.ir.function import Array, Flag, Ints, Number, Sizes, Text, Value
    from gradcli.ir.node import Node


class Sampling(NamedTuple):
    """How the elements of a resized axis come from those of the old one."""

    method: str
    corners: bool = False
    """The first and last elements stay where they are."""
    centres: bool = True
    """Elements are squares with their centre in the middle, not points at their corner."""
    antialias: bool = False
    bend: float = -0.5
    """The parameter a of Keys's cubic."""
    clamped: bool = False
    """Beyond the edge the last element counts, rather than nothing."""


def _triangle(d: Any) -> Any:
    return np.maximum(1 - np.abs(d), 0)


def _cubic(a: float) -> Callable[[Any], Any]:
    """Keys, Cubic convolution interpolation (1981)."""

    def kernel(d: Any) -> Any:
        r = np.abs(d)
        near = ((a + 2) * r - (a + 3)) * r * r + 1
        far = ((a * r - 5 * a) * r + 8 * a) * r - 4 * a
        return np.where(r <= 1, near, np.where(r < 2, far, 0))

    return kernel


def _lanczos(radius: float) -> Callable[[Any], Any]:
    """Duchon, Lanczos filtering in one and two dimensions (1979)."""
    return lambda d: np.where(np.abs(d) < radius, np.sinc(d) * np.sinc(d / radius), 0)


def _mitchell(d: Any) -> Any:
    """Mitchell and Netravali, Reconstruction filters in computer graphics (1988), B = C = 1/3."""
    r = np.abs(d)
    near = ((7 * r - 12) * r * r + 16 / 3) / 6
    far = (((-7 / 3 * r + 12) * r - 20) * r + 32 / 3) / 6
    return np.where(r < 1, near, np.where(r < 2, far, 0))


_KERNELS: dict[str, tuple[Callable[[Any], Any], float]] = {
    "bilinear": (_triangle, 1.0),
    "lanczos3": (_lanczos(3.0), 3.0),
    "lanczos5": (_lanczos(5.0), 5.0),
    "mitchellcubic": (_mitchell, 2.0),
    "gaussian": (lambda d: np.where(np.abs(d) < 1.5, np.exp(-2 * d * d), 0), 1.5),
}
"""Weights by distance, and up to which distance there are any."""


def _positions(n: int, m: int, how: Sampling) -> tuple[Any, float]:
    """Where each of m new elements is among n old ones, and how many old ones a new one spans."""
    i = np.arange(m, dtype=float)
    if how.corners:
        scale = (n - 1) / (m - 1) if m > 1 else 0.0
        return i * scale, max(scale, 1.0)
    scale = n / m
    return ((i + 0.5) * scale - 0.5 if how.centres else i * scale), max(scale, 1.0)


def _nearest(n: int, m: int, how: Sampling) -> Any:
    at, _ = _positions(n, m, how)
    chosen = np.floor(at + 0.5 if how.corners or how.centres else at)
    return np.equal.outer(np.clip(chosen, 0, n - 1), np.arange(n)).astype(float)


def _weights(n: int, m: int, how: Sampling) -> Any:
    """The matrix (m, n) that makes a new axis out of an old one."""
    if how.method == "nearest":
        return _nearest(n, m, how)
    at, span = _positions(n, m, how)
    wide = span if how.antialias else 1.0
    kernel, radius = _KERNELS.get(how.method, (_cubic(how.bend), 2.0))
    clamped = how.clamped or (how.method == "bilinear" and not how.antialias)
    reach = int(np.ceil(radius * wide)) + 1
    whole = np.zeros((m, n))
    for offset in range(-reach, reach + 1):
        j = np.floor(at) + offset
        weight = kernel((at - j) / wide)
        kept = weight if clamped else np.where((j >= 0) & (j < n), weight, 0)
        np.add.at(whole, (np.arange(m), np.clip(j, 0, n - 1).astype(int)), kept)
    return whole / whole.sum(1, keepdims=True)


def _resized(x: Node, axes: Sequence[int], size: Sequence[int], how: Sampling) -> Node:
    x = as_number(x)
    one_each("the size of an image", size, len(axes))
    if min(size, default=1) < 1 or not x.size:
        raise ShapeError(f"no image of {show_shape(tuple(size))} is made of {show_shape(x.shape)}")
    for a, m in zip(axes, size, strict=True):
        x.graph.check_size((m, x.shape[a]))
        if x.shape[a] != m:
            weights = x.graph.constant(_weights(x.shape[a], m, how))
            rows = moveaxis(x, (a,), (0,))
            flat = reshape_to(rows, (x.shape[a], x.size // x.shape[a]))
            moved = reshape_to(MATMUL(weights, flat), (m, *rows.shape[1:]))
            x = moveaxis(moved, (0,), (a,))
    return x


_METHODS = {
    name: method
    for method, names in {
        "bilinear": "bilinear linear triangle trilinear",
        "nearest": "nearest",
        "bicubic": "bicubic cubic",
        **{name: name for name in ("lanczos3", "lanczos5", "mitchellcubic", "gaussian")},
    }.items()
    for name in names.split()
}


def _method(name: str) -> str:
    if name.lower() not in _METHODS:
        raise ProgramTypeError(f"resize knows no method {name!r}", help=", ".join(_METHODS))
    return _METHODS[name.lower()]


def _image_axes(x: Node) -> tuple[int, int]:
    """Rows and columns of an image with its channels last, with a batch or without."""
    if x.ndim not in (3, 4):
        raise ShapeError(f"an image has 3 or 4 axes, not the shape {show_shape(x.shape)}")
    return x.ndim - 3, x.ndim - 2


@function(
    example="resize([[[1], [3]]], (1, 4))",
    variants={"jax": {"antialias": True, "whole": True}},
    signatures="""
        np.resize(a, new_shape)
        jax.image.resize(image: x, shape: size, method, antialias=True); whole=True
    """,
)
def resize(
    x: Array, size: Ints, method: Text = "bilinear", antialias: Flag = False, *, whole: Flag = False
) -> Node:
    """An image (its channels last) with other numbers of rows and columns, as tf.image.resize.

    jax.image.resize takes the whole shape, and antialiases.
    """
    how = Sampling(_method(method), antialias=antialias)
    return _resized(x, range(x.ndim) if whole else _image_axes(x), size, how)


_LEGACY = {"tfjs": {"half_pixel_centers": False}}


@function(example="resize_bilinear([[[1], [3]]], (1, 4))", variants=_LEGACY)
def resize_bilinear(
    x: Array, size: Ints, align_corners: Flag = False, half_pixel_centers: Flag = True
) -> Node:
    """An image resized by straight lines between its elements."""
    how = Sampling("bilinear", align_corners, half_pixel_centers)
    return _resized(x, _image_axes(x), size, how)


@function(
    example="resize_nearest([[[1], [3]]], (1, 4))",
    aliases="resize_nearest_neighbor",
    variants=_LEGACY,
)
def resize_nearest(
    x: Array, size: Ints, align_corners: Flag = False, half_pixel_centers: Flag = True
) -> Node:
    """An image resized by taking the nearest elements."""
    how = Sampling("nearest", align_corners, half_pixel_centers)
    return _resized(x, _image_axes(x), size, how)


@function(example="resize_bicubic([[[1], [3]]], (1, 4))")
def resize_bicubic(x: Array, size: Ints) -> Node:
    """An image resized by cubics through its elements."""
    return _resized(x, _image_axes(x), size, Sampling("bicubic"))


@function(example="interpolate([[[1, 3]]], 4)", aliases="upsample")
def interpolate(
    x: Array,
    size: Sizes = None,
    scale_factor: Value = None,
    mode: Text = "nearest",
    align_corners: Flag = False,
) -> Node:
    """An image (its channels first) resized, as torch.nn.functional.interpolate."""
    lengths = _lengths(x.shape[2:], size, scale_factor)
    if mode == "area":
        return adapted(as_number(x), tuple(lengths), len(lengths), mean)
    method = _method(mode)
    how = Sampling(method, align_corners, method != "nearest", bend=-0.75, clamped=True)
    return _resized(x, range(2, x.ndim), lengths, how)


def _lengths(before: tuple[int, ...], size: Any, scale_factor: Any) -> list[int]:
    """The new lengths of axes: a size, or the old ones scaled."""
    wanted = scale_factor if size is None else size
    if wanted is None:
        raise ProgramTypeError("interpolate needs a size or a scale_factor")
    row = wanted if isinstance(wanted, tuple) else (wanted,) * len(before)
    one_each("the size or the scale_factor", row, len(before))
    if not all(isinstance(k, (int, float)) and 0 <= k < math.inf for k in row):
        raise ProgramTypeError("scale_factor is a number from 0, or one for each axis")
    whole = before if size is None else (1,) * len(before)
    return [int(n * k) for n, k in zip(whole, row, strict=True)]


@function(example="flip_left_right([[[1], [2]]])")
def flip_left_right(x: Array) -> Node:
    """An image (its channels last) with its columns in reverse."""
    return flip(x, _image_axes(x)[1])


@function(example="flip_up_down([[[1]], [[2]]])")
def flip_up_down(x: Array) -> Node:
    """An image (its channels last) with its rows in reverse."""
    return flip(x, _image_axes(x)[0])


@function(example="central_crop([[[1], [2], [3], [4]]], 0.5)")
def central_crop(x: Array, central_fraction: Number) -> Node:
    """The middle of an image (its channels last): a fraction of its rows and of its columns."""
    if not 0 < central_fraction <= 1:
        raise DomainError("central_fraction is above 0 and at most 1")
    for a in _image_axes(x):
        n = x.shape[a]
        start = int((n - n * central_fraction) / 2)
        x = along(x, a, slice(start, n - start))
    return x


@function(example="psnr([[[1], [2]]], [[[1], [3]]], 255)")
def psnr(a: Array, b: Array, max_val: Number) -> Node:
    """The peak signal-to-noise ratio of images, in decibels: 10 log10(max_val^2 / mse)."""
    if not max_val > 0:
        raise DomainError("max_val of psnr is above 0", help="255 for bytes, 1 for shares")
    return 20.0 * math.log10(max_val) - 10.0 * log10(mean(square(a - b), (-3, -2, -1)))


# --- brightness and colour ----------------------------------------------------------------------


@function(example="adjust_brightness([[[1], [2]]], 0.5)")
def adjust_brightness(image: Array, delta: Array) -> Node:
    """Images with delta added."""
    return image + delta


@function(example="adjust_contrast([[[1], [3]]], 2)")
def adjust_contrast(images: Array, contrast_factor: Array) -> Node:
    """Images whose distances from the mean of their channel are multiplied by a factor."""
    centre = mean(images, _image_axes(images), True)
    return (images - centre) * contrast_factor + centre


@function(example="adjust_gamma([[[1], [4]]], 0.5)")
def adjust_gamma(image: Array, gamma: Array | None = None, gain: Array | None = None) -> Node:
    """gain * image^gamma, both 1 where they are left out."""
    z = image if gamma is None else image**gamma
    return z if gain is None else gain * z


@function(example="per_image_standardization([[[1], [3]]])")
def per_image_standardization(image: Array) -> Node:
    """Images less their mean, over their deviation, or over that of one element if it is less."""
    _image_axes(image)
    axes = (-3, -2, -1)
    least = 1.0 / math.sqrt(math.prod(image.shape[-3:]))
    return (image - mean(image, axes, True)) / maximum(std(image, axes, keepdims=True), least)


@function(example="rgb_to_grayscale([[[0.2, 0.5, 0.1]]])")
def rgb_to_grayscale(images: Array) -> Node:
    """Red, green and blue, the last axis, as one grey of the brightness that people see."""
    if not images.ndim or images.shape[-1] != 3:
        raise ShapeError(f"the last axis of colours is 3, not the shape {show_shape(images.shape)}")
    return MATMUL(as_number(images), images.graph.constant([[0.2989], [0.587], [0.114]]))


@function(example="total_variation([[[1], [3]], [[2], [7]]])")
def total_variation(images: Array) -> Node:
    """The sum of the distances of neighbours in each image, along its rows and its columns."""
    _image_axes(images)
    steps = [abs_(diff(images, axis=a)) for a in (-3, -2)]
    return sum_(steps[0], (-3, -2, -1)) + sum_(steps[1], (-3, -2, -1))
