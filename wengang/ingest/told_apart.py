"""Which rows of a block are made distinct by a few columns: proved once on arrival, so that no later step has to count persons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


def are_alone(columns: Sequence[pa.Array]) -> np.ndarray:
    """Return for each row whether all rows of its group differ from each other; a group shares all columns but the last.

    Rows are compared by a 64-bit mix of their values: equal rows always mix alike, so nothing is called alone that is not, and two
    different rows that happen to mix alike are merely not proved.
    """
    group = np.zeros(len(columns[0]), np.uint64)
    for column in columns[:-1]:
        group = _mixed(group, column)
    rows = _mixed(group, columns[-1])
    in_order = np.sort(rows)
    repeated = in_order[1:][in_order[1:] == in_order[:-1]]
    if not len(repeated):
        return np.ones(len(rows), dtype=bool)
    return ~np.isin(group, group[np.isin(rows, repeated)])


def _mixed(seed: np.ndarray, column: pa.Array) -> np.ndarray:
    """Mix a column's values into the numbers that its rows have so far."""
    for word in _words(column):
        seed = (seed ^ word) * _FACTOR
        seed ^= seed >> _SHIFT
    return seed


def _words(column: pa.Array) -> list[np.ndarray]:
    """Return a column as 64-bit words, the same for the same value: texts of one length by their bytes, others by their first place."""
    if pa.types.is_date32(column.type) and not column.null_count:
        return [column.view(pa.int32()).to_numpy().astype(np.uint64)]
    if pa.types.is_string(column.type) and len(column) and not column.null_count:
        lengths = pc.min_max(pc.binary_length(column))
        size = lengths["max"].as_py()
        if size and size == lengths["min"].as_py():
            _, offsets, data = column.buffers()
            first = int(np.frombuffer(offsets, np.int32)[column.offset])
            table = np.zeros((len(column), -(-size // 8) * 8), np.uint8)
            table[:, :size] = np.frombuffer(data, np.uint8, len(column) * size, first).reshape(-1, size)
            return list(table.view("<u8").T)
    return [column.dictionary_encode().indices.fill_null(-1).to_numpy().astype(np.uint64)]
