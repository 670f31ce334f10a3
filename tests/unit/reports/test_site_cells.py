"""Small cells: what is hidden, and that nobody can work it out from the total."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wengang.reports.figures import state_of
from wengang.reports.site.cells import hide_small
from wengang.reports.site.charts import ticks
from wengang.reports.site.data import masked


def test_nothing_small_nothing_hidden() -> None:
    # 3 is not fewer than 3; nobody is not few.
    assert not hide_small([3, 0, 12, None], 3).any


def test_one_small_cell_takes_the_smallest_other_with_it() -> None:
    # 2 is small; the total less 5 and 9 would tell it, so 5, the smaller of the others, is hidden too: 2 + 5 may be 0 + 7 or 7 + 0.
    hidden = hide_small([2, 9, 5, 0], 3)
    assert hidden.cells == (True, False, True, False) and not hidden.total


def test_two_small_cells_that_can_be_nothing_else_take_a_third() -> None:
    # 1 + 1 = 2 persons in two cells: both could only be small; with 4 they make 6 in three cells.
    hidden = hide_small([1, 1, 4, 8], 3)
    assert hidden.cells == (True, True, True, False) and not hidden.total


def test_where_nothing_helps_the_total_goes_too() -> None:
    # 2 persons in all: the total itself is small.
    hidden = hide_small([2, 0, 0], 3)
    assert hidden.total and all(hidden.cells)


@given(st.lists(st.one_of(st.none(), st.integers(0, 12)), min_size=1, max_size=20), st.integers(2, 6))
def test_no_hidden_cell_is_told_by_the_total(counts: list[int | None], least: int) -> None:
    hidden = hide_small(counts, least)
    known = [c or 0 for c in counts]
    assert all(hidden.cells[i] for i, c in enumerate(known) if 0 < c < least)
    if any(hidden.cells) and not hidden.total:
        inside = [known[i] for i, h in enumerate(hidden.cells) if h]
        # A reader who knows the total and what is shown, and even that every hidden cell has someone in it, still cannot say that any
        # one of them is small: it could hold all of the rest.
        assert len(inside) >= 2 and sum(inside) - (len(inside) - 1) >= least


def test_numbers_of_persons_are_masked() -> None:
    # A made-up citizen number, a telephone and an account; the employer's number of twelve digits and amounts stay.
    text = "单位 620621000006：11010119900307851X 与 13912345678，账户 6222020200112233445，442.68 元"
    assert masked(text) == "单位 620621000006：＊＊＊ 与 ＊＊＊，账户 ＊＊＊，442.68 元"


def test_steps_of_an_axis_are_round_and_cover_the_range() -> None:
    # 0 to 23 in about five steps: 5 is the smallest round step of at least 23 / 5 = 4.6.
    assert ticks(0, 23) == [0, 5, 10, 15, 20, 25]


def test_an_axis_of_nothing_still_has_a_height() -> None:
    # All figures 0: one step above them, so that the line can be drawn on the ground.
    assert ticks(0, 0) == [0, 0.2]


def test_an_employers_own_number_stays_and_everything_else_is_masked():
    text = "派遣单位 62010200000001：与 62010200000002、电话 13912345678、620102199001010079"
    assert masked(text, "62010200000001") == "派遣单位 62010200000001：与 ＊＊＊、电话 ＊＊＊、＊＊＊"
    assert masked("人员 620102199001010079", "620102199001010079") == "人员 ＊＊＊"


def test_numbers_of_other_parties_stay_where_they_are_employers():
    # R16 names the other firms of one account: both are employers, the account is none.
    text = "与 62010200000002 共用账户 6228480000000000"
    assert masked(text, "62010200000001", "62010200000002") == "与 62010200000002 共用账户 ＊＊＊"


def test_a_file_that_brought_nothing_is_not_called_loaded():
    # 16 of 16 rows rejected; then one row accepted; then an empty file, which brought what it was to bring.
    for rejected, accepted, said in ((16, 0, "rejected"), (15, 1, "loaded"), (0, 0, "loaded")):
        assert state_of({"status": "loaded", "rows_rejected": rejected, "rows_accepted": accepted}) == said
