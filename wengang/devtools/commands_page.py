"""The reference page of the commands, written from the command line itself by typer's own generator.

`python -m wengang.devtools.commands_page` writes `docs/reference/commands.md`; a test holds it fresh.
"""

from __future__ import annotations

import typer
from typer.cli import get_docs_for_click

from wengang.cli import app
from wengang.core.settings import ROOT

PAGE = ROOT / "docs" / "reference" / "commands.md"
HEAD = """\
<!-- Written by `python -m wengang.devtools.commands_page` from the command line; a test holds it fresh. -->

# Commands · 命令

`wengang` lies in `.venv/bin`. Where an option is not given, the environment and then the default holds: [settings](settings.md).
Exit codes: [errors](errors.md). Steps print one line each, with rows and seconds, on the error stream; results go to the output stream.
A period is given as the last argument or as `--period`.

"""


def page() -> str:
    """Return the whole page as Markdown."""
    command = typer.main.get_command(app)
    # The generator begins with a heading of its own, `# wengang`.
    docs = get_docs_for_click(obj=command, ctx=typer.Context(command), name="wengang")
    return HEAD + "\n".join(line.rstrip() for line in docs.strip().splitlines()[2:]) + "\n"


def main() -> None:
    """Write the page and say where."""
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))


if __name__ == "__main__":
    main()
