"""`python -m studiod`."""

import sys

from studiod.main import main

sys.exit(main())
