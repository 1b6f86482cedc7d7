"""A desk begins without scipy's linear algebra, which numba would load; scipy itself is left as it was."""

import json
import subprocess
import sys

import servers

WORK = """
import json, sys
from studiod.host.no_blas import begin_without_blas
begin_without_blas()
import numpy as np
from dsp import gain
from studiod.host.offline import Offline
from studiod.registry.registry import Console
heard = Offline(Console(2, 2, 1, 1), {"ch/1/fader": 0.0}).run(np.ones((480, 2), np.float32))
loaded = "scipy.linalg" in sys.modules
import scipy.linalg.cython_blas
print(json.dumps([loaded, bool(np.abs(heard).max() > 0.1)]))
"""


def test_compiled_code_runs_without_scipy_and_scipy_can_be_imported_afterwards() -> None:
    servers.need_module("scipy")
    done = subprocess.run(
        [sys.executable, "-c", WORK], cwd=servers.ROOT, capture_output=True, text=True, check=True, timeout=240
    )
    assert json.loads(done.stdout) == [False, True]
