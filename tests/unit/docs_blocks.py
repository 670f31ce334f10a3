"""The commands of the documentation: what stands after `$` in its fenced blocks."""

from __future__ import annotations

import re
from pathlib import Path

BLOCK = re.compile(r"^( *)```(?:console|sh)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
HEREDOC = re.compile(r"<<'?(\w+)'?$")


def commands_of(page: Path) -> list[str]:
    """Return the commands of a page in order, each whole: with the lines of its here-document, without the prompt."""
    found: list[str] = []
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        end = ""
        for raw in block[2].split("\n"):
            line = raw.removeprefix(block[1])
            if end:
                found[-1] += "\n" + line
                end = "" if line == end else end
            elif line.startswith("$ "):
                found.append(line[2:])
                here = HEREDOC.search(line)
                end = here[1] if here else ""
    return found
