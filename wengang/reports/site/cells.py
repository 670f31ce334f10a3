"""Small cells: counts of fewer persons than a parameter are not shown, nor can they be had from the totals beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Hidden:
    """Which cells of a line, and whether its total, are not to be shown."""

    cells: tuple[bool, ...]
    total: bool

    @property
    def any(self) -> bool:
        """Return whether anything is hidden."""
        return self.total or any(self.cells)


def hide_small(counts: Sequence[int | None], least: int) -> Hidden:
    """Decide what of a line of counts with a published total is hidden, so that a count of 1 to `least` - 1 persons stays unknown.

    Beside the small cells others are hidden, smallest first, until two or more are and what is missing from the total could
    make any one of them `least` or more. A cell of nobody is shown (or hidden last); where even that does not do, the total
    is hidden too. Cells hidden for either cause look the same. Unknown counts (None) stay as they are.
    """
    known = [count or 0 for count in counts]
    hidden = {i for i, count in enumerate(known) if 0 < count < least}
    if not hidden:
        return Hidden((False,) * len(known), False)
    spare = sorted(
        (i for i, count in enumerate(known) if i not in hidden and counts[i] is not None),
        key=lambda i: (known[i] == 0, known[i], i),
    )
    while len(hidden) < 2 or sum(known[i] for i in hidden) < least + len(hidden) - 1:
        if not spare:
            return Hidden(tuple(c is not None for c in counts), True)
        hidden.add(spare.pop(0))
    return Hidden(tuple(i in hidden for i in range(len(known))), False)
