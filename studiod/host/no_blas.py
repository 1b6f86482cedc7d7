"""numba begins without scipy: it would load all of its linear algebra, 150 ms, for a BLAS that nothing here calls.

Only where scipy is installed, which is no dependency of ours: beside other programs, and where the tests run.
"""

import importlib
import sys

BLAS = "scipy.linalg.cython_blas"


def begin_without_blas() -> None:
    """Let numba load what it compiles arrays by, and find no BLAS; scipy is as it was for whoever imports it later."""
    if BLAS in sys.modules:
        return
    sys.modules[BLAS] = None  # type: ignore[assignment]  # an import of it is refused
    try:
        importlib.import_module("numba.np.arraymath")
    finally:
        del sys.modules[BLAS]
