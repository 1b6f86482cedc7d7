"""`python -m studiod`."""

import sys

from studiod.cli.main import main

sys.exit(main())
