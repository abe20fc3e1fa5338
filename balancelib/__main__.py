"""``python -m balancelib``."""

import sys

from balancelib.cli import main

sys.exit(main())
