"""The message catalogue: every sentence of an error, keyed by its code, in `zh.yaml` and `en.yaml` beside this file.

An entry is a sentence, or a mapping of `text`, `expected` and `next`. `{name}` is filled by the caller; a command stands in backticks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Message:
    """What happened, what was expected, what to do next; the last two may be empty."""

    text: str
    expected: str = ""
    next: str = ""


class Filled(dict[str, object]):
    """Values of placeholders; a name that has no value stays visible in the sentence."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


@cache
def catalogue(language: Language) -> dict[str, Message]:
    """Return all messages of a language by their code, as they stand in the file."""
    entries = yaml.load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return {
        code: Message(entry) if isinstance(entry, str) else Message(**entry)
        for code, entry in entries.items()
    }


def message(code: str, language: Language, values: Mapping[str, Any] | None = None) -> Message:
    """Return a message with its placeholders filled. A value that is a pair is (Chinese, English). An unknown code is its own text."""
    found = catalogue(language).get(code, Message(code))
    index = LANGUAGES.index(language)
    filled = Filled({k: v[index] if isinstance(v, tuple) else v for k, v in (values or {}).items()})
    return Message(*(part.format_map(filled) for part in (found.text, found.expected, found.next)))


def sentences(code: str, **values: Any) -> tuple[str, str]:
    """Return the sentence of a code in Chinese and English, for notes that are no errors."""
    return message(code, "zh", values).text, message(code, "en", values).text
