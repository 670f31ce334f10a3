"""Who is signing: the account of the operating system."""

from __future__ import annotations

import getpass
import os
import pwd

from wengang.core.settings import Settings


def account_name() -> str:
    """Give the name of this process's account; its number where it has no name."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"uid {os.geteuid()}"


def identity(settings: Settings) -> str:
    """Give the account of the person who runs this command.

    An ordinary account is itself, whatever its environment says. Only root, and the service account that owns the home, act for the
    person who called them through sudo; root also for the account that its environment names: both could write the journal anyhow.
    """
    caller = os.environ.get("SUDO_USER", "")
    is_root = os.geteuid() == 0
    owns_home = settings.home.exists() and settings.home.stat().st_uid == os.geteuid()
    if caller and caller != "root" and (is_root or owns_home):
        return caller
    return getpass.getuser() if is_root else account_name()
