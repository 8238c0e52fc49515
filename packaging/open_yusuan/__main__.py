"""``python -m open_yusuan`` is ``yusuan``."""

import sys

from open_yusuan import main

if __name__ == "__main__":
    sys.exit(main())
