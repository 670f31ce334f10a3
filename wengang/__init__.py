"""稳岗: the unemployment-insurance fund's support programmes, decided, guarded and reported by the month."""

import os

__version__ = "0.1.0"

# The matrices of the projection are tiny: a pool of threads makes them five times as dear, and their last digits a matter of chance.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
