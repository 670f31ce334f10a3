"""The reference page of the commands, written from the command line itself.

`python -m wengang.devtools.commands_page` writes `docs/reference/commands.md`; a test holds it fresh.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wengang.cli import app
from wengang.core.settings import ROOT

PAGE = ROOT / "docs" / "reference" / "commands.md"


def one_line(text: str | None) -> str:
    """Put a text on one line that can stand in a table cell."""
    return " ".join((text or "").split()).replace("|", "\\|")


def commands(group: Any, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give every command below a group with the words that call it, in the order of the help."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*names, name))
        else:
            yield (*names, name), command


def parameter_row(parameter: Any) -> tuple[str, str, str]:
    """Give a parameter as a row: how it is written, its default, what it means."""
    is_option = parameter.param_type_name == "option"
    written = (
        ", ".join([*parameter.opts, *parameter.secondary_opts])
        if is_option
        else (parameter.metavar or parameter.name)
    )
    default = parameter.default
    is_told = (
        is_option and default is not None and not callable(default) and default is not False and default != ""
    )
    shown = "required" if parameter.required else f"`{default}`" if is_told else ""
    return f"`{written}`", shown, one_line(getattr(parameter, "help", ""))


def page() -> str:
    """Write the whole page."""
    import typer

    lines = [
        "# Commands · 命令",
        "",
        "<!-- Written by `python -m wengang.devtools.commands_page` from the command line; a test holds it fresh. -->",
        "",
        "`wengang` lies in `.venv/bin`. Every command has `--help`. Where an option is not given, the environment and then the default holds:",
        "[settings](settings.md). Exit codes: [errors](errors.md). Steps print one line each, with rows and seconds, on the error stream; results",
        "go to the output stream.",
        "",
    ]
    for words, command in commands(typer.main.get_command(app)):
        lines += [f"## wengang {' '.join(words)}", ""]
        lines += ["\n\n".join(one_line(part) for part in (command.help or "").split("\n\n")), ""]
        rows = [parameter_row(p) for p in command.params if p.name != "help"]
        lines += ["| option | default | meaning |", "| --- | --- | --- |"]
        lines += [f"| {' | '.join(row)} |" for row in rows]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Write the page and say where."""
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))


if __name__ == "__main__":
    main()
