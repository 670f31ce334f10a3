"""The process that validates: `python -m wengang.quality.served FD`. By `-c` DuckDB would see a person at a prompt, and draw progress bars."""

from __future__ import annotations

import sys

from wengang.quality.beside import serve

if __name__ == "__main__":
    serve(int(sys.argv[1]))
