"""What a long run says of itself: what is under way, how far it is, how long it should take."""

from __future__ import annotations

import io
import json

import pytest

from wengang.core.data_directory import make_data_directory
from wengang.core.lock import home_lock
from wengang.core.progress import (
    Progress,
    Step,
    described,
    expected_seconds,
    fitted,
    read_times,
    remember_seconds,
    step_file,
    times_file,
    under_way,
)
from wengang.core.settings import Settings


@pytest.fixture
def home(tmp_path):
    return tmp_path


def kept(home, **more) -> Progress:
    progress = Progress(out=io.StringIO(), **more)
    progress.keep_in(Settings(home=home))
    return progress


def test_a_kind_of_step_is_its_name_without_month_or_number():
    assert Step("建模 2024-06", "build 2024-06").kind == "build"
    assert Step("重演 2024-06 第 3 步", "replay 2024-06, step 3").kind == "replay, step"


def test_nothing_is_expected_of_what_was_never_done(home):
    assert expected_seconds(home, Step("建模", "build 2024-06")) is None
    assert expected_seconds(None, Step("建模", "build 2024-06")) is None


def test_a_step_is_expected_to_take_as_long_as_its_kind_took_last(home):
    remember_seconds(home, Step("建模", "build 2024-05"), 40.0)
    remember_seconds(home, Step("建模", "build 2024-06"), 20.0)
    assert expected_seconds(home, Step("建模", "build 2024-07")) == 20.0


def test_in_proportion_to_what_it_has_to_do(home):
    # 300 MB took 3 s: 100 MB should take one.
    remember_seconds(home, Step("接收", "intake", size=300_000_000), 3.0)
    assert expected_seconds(home, Step("接收", "intake", size=100_000_000)) == pytest.approx(1.0)
    assert expected_seconds(home, Step("接收", "intake", size=0)) is None, "nothing to read"


def test_short_and_small_steps_are_not_kept(home):
    # 8 kB in 1.2 s would make 364 MB take fifteen hours.
    remember_seconds(home, Step("解析", "parse models"), 0.9)
    remember_seconds(home, Step("接收", "intake", size=8_000), 1.2)
    remember_seconds(home, Step("接收", "intake", size=0), 1.5)
    assert read_times(home) == {}


@pytest.mark.parametrize("content", ["", "[]", "{", '{"build": 3}', '{"build": ["x", null]}'])
def test_times_that_cannot_be_read_are_not_known(home, content):
    times_file(home).parent.mkdir()
    times_file(home).write_text(content, encoding="utf-8")
    assert read_times(home) == {}


def test_a_failed_step_teaches_nothing(home, monkeypatch):
    monkeypatch.setattr("wengang.core.progress.REMEMBERED_SECONDS", 0.0)
    progress = kept(home)
    with pytest.raises(ValueError, match="x"), progress.step("建模", "build 2024-06"):
        raise ValueError("x")
    assert read_times(home) == {}
    assert "✗" in progress.out.getvalue()


def test_the_step_under_way_is_the_innermost(home):
    progress = kept(home)
    with progress.step("报告", "report 2024-06"):
        with progress.step("网页", "pages 2024-06"):
            assert "pages" in under_way(home, 0)
        assert "report" in under_way(home, 0), "the outer step goes on"


def test_how_far_it_is(home, monkeypatch):
    monkeypatch.setattr("wengang.core.progress.NOTED_EVERY_SECONDS", 0.0)
    progress = kept(home, quiet=True)
    with progress.step("建模", "build 2024-06") as step:
        step.reached(45, 157)
        assert "第 45/157 项" in under_way(home, 0)
        step.reached(1_234_567)
        assert "1,234,567 行" in under_way(home, 0)


def test_how_it_is_said():
    state = {
        "zh": "建模 2024-06",
        "en": "build 2024-06",
        "begun": 100.0,
        "expected": 20.4,
        "done": 45,
        "total": 157,
    }
    assert described(state, now=112.0) == (
        "建模 2024-06 · build 2024-06：已 12 秒，约需 20 秒，第 45/157 项 · 12 s of about 20 s, part 45 of 157"
    )


@pytest.mark.parametrize("content", ['{"zh": "建', "[]", "5", '{"zh": "x", "en": "x", "begun": "y"}'])
def test_a_note_that_cannot_be_read_says_nothing(home, content):
    step_file(home).write_text(content, encoding="utf-8")
    assert under_way(home, 0) is None


def test_nothing_is_under_way_once_the_last_step_has_ended(home):
    progress = kept(home)
    with progress.step("建模", "build 2024-06"):
        assert under_way(home, 0)
    assert under_way(home, 0) is None


def test_a_new_holder_is_not_at_the_step_of_one_that_was_killed(home):
    step_file(home).write_text(
        '{"zh": "建模", "en": "build", "begun": 0, "expected": null, "done": 0, "total": null}',
        encoding="utf-8",
    )
    make_data_directory(home)
    with home_lock(Settings(home=home)):
        assert under_way(home, 0) is None


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_live_line_is_cleared_before_the_next():
    progress = Progress(out=Terminal())
    with progress.step("建模 2024-06", "build 2024-06"):
        progress.say("! 一件事")
    live, said, done = progress.out.getvalue().split("\r\x1b[2K")[1:]
    assert live.startswith("… 建模 2024-06")
    assert said == "! 一件事\n"
    assert done.startswith("✓")


def test_a_live_line_stays_within_the_terminal():
    # Two places a Chinese character: of ten places, five fit.
    assert fitted("一二三四五六", 10) == "一二三四五"
    assert fitted("abc", 10) == "abc"


def test_a_long_step_is_announced_where_no_live_line_is_shown(home):
    remember_seconds(home, Step("建模", "build 2024-05"), 43.0)
    progress = kept(home)
    with progress.step("建模 2024-06", "build 2024-06"):
        assert progress.out.getvalue() == "… 约 43 秒 · about 43 s  建模 2024-06 · build 2024-06\n"
    quiet = kept(home, quiet=True)
    with quiet.step("建模 2024-06", "build 2024-06"):
        assert quiet.out.getvalue() == ""


def test_times_are_kept_as_plain_json(home):
    remember_seconds(home, Step("接收", "intake", size=50_000_000), 2.25)
    assert json.loads(times_file(home).read_text(encoding="utf-8")) == {"intake": [2.25, 50_000_000]}
