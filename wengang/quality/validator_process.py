"""The process that validates: `python -m wengang.quality.validator_process FD`.

Run with `-c`, DuckDB would see an interactive session and draw progress bars.
"""

from __future__ import annotations

import sys

from wengang.quality.validator import serve

if __name__ == "__main__":
    serve(int(sys.argv[1]))
