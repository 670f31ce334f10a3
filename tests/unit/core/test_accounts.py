"""An account without an entry, as containers have them, is named by its number."""

from __future__ import annotations

from wengang.core.accounts import account_name
from wengang.core.data_directory import make_data_directory
from wengang.core.lock import holder_file, home_lock
from wengang.core.settings import Settings


def test_an_account_without_an_entry_has_its_number_and_can_hold_a_home(tmp_path, monkeypatch):
    assert account_name(65533) == "uid 65533"
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("wengang.core.accounts.os.geteuid", lambda: 65533)
    settings = Settings(home=tmp_path / "home")
    make_data_directory(settings.home)
    with home_lock(settings):
        assert holder_file(settings.home).read_text(encoding="utf-8").startswith("uid 65533 pid ")
