"""稳岗: the unemployment-insurance fund's support programmes, decided, guarded and reported by the month."""

__version__ = "0.1.0"
