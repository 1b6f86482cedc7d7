"""Where the benches find the project, the rigs and the tests that they share parts with: `import paths` comes first."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
PARTS = ("", "rigs", "bench", "live", "whole", "store", "controllers/sync", "controllers/osc")
sys.path[:0] = [str(ROOT), *(str(TESTS / part) for part in PARTS)]
