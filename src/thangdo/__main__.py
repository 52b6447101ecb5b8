"""`python -m thangdo`."""

import sys

from thangdo.cli import main

if __name__ == "__main__":
    sys.exit(main())
