"""One error class a kind; the same two-language text in the terminal, the log, Airflow and the status page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

EXIT_DONE = 0
EXIT_UNEXPECTED = 1
EXIT_USAGE = 2
EXIT_INCOMPLETE = 3
EXIT_PARAMETERS = 4
EXIT_VALIDATION = 5
EXIT_LOCKED = 6
EXIT_NOT_SIGNED = 7
EXIT_ALTERED = 8


@dataclass
class WengangError(Exception):
    """What went wrong, where, what was expected and what to do next, in Chinese and English.

    `code` names the case; `place` is a file, line or row (empty: none); texts never carry a citizen number or an account.
    """

    code: str
    zh: str
    en: str
    place: str = ""
    expected_zh: str = ""
    expected_en: str = ""
    next_zh: str = ""
    next_en: str = ""

    exit_code: ClassVar[int] = EXIT_UNEXPECTED
    kind_zh: ClassVar[str] = "错误"
    kind_en: ClassVar[str] = "Error"

    def __str__(self) -> str:
        """Give the whole message, Chinese first."""
        return f"{self.text('zh')}\n{self.text('en')}"

    def text(self, language: str) -> str:
        """Give the message in one language (`zh` or `en`)."""
        zh = language == "zh"
        at = (f"（{self.place}）" if zh else f" ({self.place})") if self.place else ""
        parts = [f"[{self.kind_zh if zh else self.kind_en} {self.code}]{at} {self.zh if zh else self.en}"]
        expected, step = (self.expected_zh, self.next_zh) if zh else (self.expected_en, self.next_en)
        if expected:
            parts.append(("应为：" if zh else "Expected: ") + expected)
        if step:
            parts.append(("下一步：" if zh else "Next: ") + step)
        return "\n  ".join(parts)


class UsageError(WengangError):
    """The command was called wrongly."""

    exit_code = EXIT_USAGE
    kind_zh, kind_en = "用法", "Usage"


class DeliveryError(WengangError):
    """A delivery cannot be taken: a manifest fault, a missing file or source."""

    exit_code = EXIT_INCOMPLETE
    kind_zh, kind_en = "交付", "Delivery"


class ContractError(WengangError):
    """A source's contract file is faulty."""

    exit_code = EXIT_UNEXPECTED
    kind_zh, kind_en = "合同", "Contract"


class ParameterError(WengangError):
    """The set of parameters is faulty: nothing is built."""

    exit_code = EXIT_PARAMETERS
    kind_zh, kind_en = "参数", "Parameter"


class ModelError(WengangError):
    """A model of the warehouse failed to build."""

    exit_code = EXIT_UNEXPECTED
    kind_zh, kind_en = "模型", "Model"


class ExpectationError(WengangError):
    """A critical expectation failed or could not be evaluated: the draft is kept and marked."""

    exit_code = EXIT_VALIDATION
    kind_zh, kind_en = "校验", "Expectation"


class PublicationError(WengangError):
    """A package cannot be published."""

    exit_code = EXIT_NOT_SIGNED
    kind_zh, kind_en = "发布", "Publication"


class LockedError(WengangError):
    """Another run holds the home."""

    exit_code = EXIT_LOCKED
    kind_zh, kind_en = "占用", "Locked"


class IntegrityError(WengangError):
    """What is kept in the data directory is not as it was written."""

    exit_code = EXIT_ALTERED
    kind_zh, kind_en = "完整性", "Integrity"
