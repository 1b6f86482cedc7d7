"""Where the project stands: `config/` and the tests lie beside the packages."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
