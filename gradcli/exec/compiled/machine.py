"""The machine: LLVM through llvmlite, and the vector functions of the C library."""

from __future__ import annotations

import ctypes
import os
import re
from functools import cache, lru_cache
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import finalize

import numpy as np

from gradcli.errors import LimitError, is_out_of_memory
from gradcli.memory import MEMORY

if TYPE_CHECKING:
    from collections.abc import Callable

KERNEL = 1 << 16
"""What a kernel weighs in the memory: about its bytes."""

KERNELS = 256
"""Kernels of a linker; of each that is gone 9 kB stay with it, so that another one goes on."""

QUICK, GOOD, BEST = range(3)
"""LLVM's levels of optimisation; more than the best gains nothing."""

LONG = 400
"""Instructions above which compiling them well takes longer than they then save."""

_REMARKS = re.compile(r"^ *;.*\n", re.MULTILINE)

_NUMBERS = count()
"""Of kernels, whose names must differ."""

_LOCK = Lock()
"""Held while something is compiled: LLVM compiles one module at a time, and a process that is
forked meanwhile would wait for ever for one that does not go on there."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release
    )

_VECTORS = (("avx512f", "e", 64), ("avx2", "d", 32), ("sse4.1", "b", 16), ("neon", "n", 16))
"""Features of processors, the letters of their vector functions, and bytes of their registers."""

_VECTOR_FEATURES = "avx512f avx512vl avx512dq avx512bw avx2 avx fma sse4.2".split()
"""Those of x86 that code for vectors of numbers is made of, beyond what all have."""

_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_int64
OF_KERNELS = int
OF_BLOCKS = ctypes.CFUNCTYPE(None, _POINTER, _NUMBER, *[_POINTER] * 2, *[_NUMBER] * 2)
OF_JOBS = ctypes.CFUNCTYPE(_NUMBER, *[_POINTER] * 2, _NUMBER)
OF_TURNS = ctypes.CFUNCTYPE(_NUMBER, *[_POINTER] * 5, *[_NUMBER] * 3)
OF_ARRAY_TURNS = ctypes.CFUNCTYPE(_NUMBER, *[_POINTER] * 3, *[_NUMBER] * 3)
"""The types of what is compiled; a call lets go of Python's lock. Kernels are called by others."""


@cache
def of_numbers(count: int) -> Any:
    """The type of a function of so many numbers, and of where its results are to be."""
    return ctypes.CFUNCTYPE(_NUMBER, *[ctypes.c_double] * count, _POINTER)


@cache
def _llvm() -> Any:
    """LLVM, which knows this machine, and the library of vector functions if there is one."""
    try:
        import llvmlite.binding as llvm
    except (ImportError, OSError) as error:
        is_memory = is_out_of_memory(error) or "map segment" in str(error)
        reason = str(error).split("\n", maxsplit=1)[0]
        raise LimitError(
            "not enough memory to load llvmlite"
            if is_memory
            else f"llvmlite cannot be loaded: {reason}",
            help="GRADCLI_EXECUTOR=blocked does without",
        ) from error
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    for library in ("libmvec.so.1", "libm.so.6"):
        try:
            llvm.load_library_permanently(library)
        except RuntimeError:  # not glibc, or an old one: its scalar functions do
            continue
    return llvm


@cache
def is_there() -> bool:
    """Whether LLVM can be loaded: where nobody has asked for machine code, blocks do as well."""
    try:
        _llvm()
    except LimitError:
        return False
    return True


@cache
def _features() -> dict[str, bool]:
    return dict(_llvm().get_host_cpu_features())


def fuses() -> bool:
    """Whether this machine multiplies and adds at once."""
    return any(map(_features().get, ("fma", "neon")))


def is_longest() -> bool:
    """Whether its vectors are of 64 bytes, for which there are instructions that others lack."""
    return _features().get("avx512f", False)


@cache
def is_x86() -> bool:
    """Whether it is one of Intel's and AMD's."""
    name: str = _llvm().Target.from_default_triple().triple
    return name.startswith("x86_64")


def has_function(name: str) -> bool:
    """Whether a function of the C library can be called."""
    return _llvm().address_of_symbol(name) is not None


@cache
def symbol(function: str, dtype: np.dtype[Any], operands: int, lanes: int) -> tuple[str, int]:
    """The function of the library for elements of a type, and how many it takes at a time."""
    find = _llvm().address_of_symbol
    name = function if dtype == np.float64 else f"{function}f"
    for feature, letter, size in _VECTORS:
        width = size // dtype.itemsize
        mangled = f"_ZGV{letter}N{width}{'v' * operands}_{name}"
        if width <= lanes and _features().get(feature) and find(mangled):
            return mangled, width
    if not find(name):
        raise TypeError(f"the C library has no {name}")
    return name, 1


class Compiled:
    """A function compiled from the text of IR; it lives as long as this object.

    Whoever makes one holds the lock.
    """

    __slots__ = ("__weakref__", "run")

    def __init__(self, text: str, kind: Callable[[int], Any], level: int) -> None:
        llvm = _llvm()
        module = llvm.parse_assembly(text)  # which is verified as it is compiled
        code = _target(level).emit_object(module)
        number = next(_NUMBERS)
        linker = _linker(number // KERNELS)
        library = llvm.JITLibraryBuilder().add_object_img(code).add_current_process()
        linked = library.export_symbol("run").link(linker, f"kernel{number}")
        self.run = kind(linked["run"])
        finalize(self, _let_go, linked, linker).atexit = False


def _let_go(linked: Any, _linker: Any) -> None:
    """Frees the code of a kernel, and then what has linked it if that was the last one."""
    linked.close()


def level_of(instructions: int) -> int:
    """How much LLVM does for numbers one by one: little where there are many, without a loop."""
    return BEST if instructions <= LONG else QUICK


def compiled(text: str, kind: Callable[[int], Any], level: int = BEST) -> Compiled:
    """The function of that type and text, which may be there from before.

    Remarks name nodes by their numbers, which are others when a graph is made anew. Threads that
    ask for it at the same time get the same one.
    """
    key = "kernel", _REMARKS.sub("", text) if ";" in text else text
    kernel: Compiled | None = MEMORY.get(key)
    if kernel is None:
        with _LOCK:
            kernel = MEMORY.get(key) or Compiled(text, kind, level)
            MEMORY.put(key, kernel, KERNEL)
    return kernel


_lasting: dict[str, Compiled] = {}


def lasting(text: str, kind: Callable[[int], Any], level: int = QUICK) -> Compiled:
    """A function that all kernels need, which is never let go of."""
    if text not in _lasting:
        with _LOCK:
            _lasting[text] = _lasting.get(text) or Compiled(text, kind, level)
    return _lasting[text]


@lru_cache(maxsize=1)
def _linker(_number: int) -> Any:
    """What puts the code of so many kernels into memory."""
    return _llvm().create_lljit_compiler(_target(QUICK))


@cache
def _target(level: int) -> Any:
    """What compiles for this machine, features and all.

    LLVM reads the list of features several times for a kernel, which is half of the time of a short
    one: on x86, those that vectors of numbers are made of do where it is to be quick.
    """
    llvm = _llvm()
    triple, known = llvm.Target.from_default_triple(), llvm.get_host_cpu_features()
    cpu, features = llvm.get_host_cpu_name(), known.flatten()
    if level == QUICK and is_x86():
        cpu, features = "", ",".join(f"+{name}" for name in _VECTOR_FEATURES if known.get(name))
    return triple.create_target_machine(cpu=cpu, features=features, opt=level)
