"""One error class a kind; the same two-language text in the terminal, the log, Airflow and the status page."""

from __future__ import annotations

from typing import Any, ClassVar

from wengang.core.messages import Language, Message, message
from wengang.core.number_patterns import masked_remark

EXIT_DONE = 0
EXIT_UNEXPECTED = 1
EXIT_USAGE = 2
EXIT_INCOMPLETE = 3
EXIT_PARAMETERS = 4
EXIT_VALIDATION = 5
EXIT_LOCKED = 6
EXIT_NOT_SIGNED = 7
EXIT_ALTERED = 8


class WengangError(Exception):
    """What went wrong, where, what was expected and what to do next, in Chinese and English.

    `code` names the message in the catalogue (`wengang.core.messages`), `values` fill its placeholders; `place` is a file, line or row
    (empty: none). Citizen numbers, accounts and telephones in texts and places are masked. `exit_code`: another one than that of its kind.
    """

    exit_code: int = EXIT_UNEXPECTED
    kind_zh: ClassVar[str] = "错误"
    kind_en: ClassVar[str] = "Error"

    def __init__(
        self,
        code: str,
        zh: str = "",
        en: str = "",
        *,
        place: str = "",
        expected_zh: str = "",
        expected_en: str = "",
        next_zh: str = "",
        next_en: str = "",
        exit_code: int | None = None,
        **values: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.place = place
        self.values = values
        # Sentences that the caller brings along, where they are not in the catalogue.
        self.own = {
            "zh": Message(zh, expected_zh, next_zh),
            "en": Message(en, expected_en, next_en),
        }
        if exit_code is not None:
            self.exit_code = exit_code

    def __str__(self) -> str:
        """Return the whole message, Chinese first."""
        return f"{self.text('zh')}\n{self.text('en')}"

    @property
    def zh(self) -> str:
        """Return what happened, in Chinese."""
        return masked_remark(self.message("zh").text)

    @property
    def en(self) -> str:
        """Return what happened, in English."""
        return masked_remark(self.message("en").text)

    def message(self, language: Language) -> Message:
        """Return the sentences in one language."""
        own = self.own[language]
        return own if own.text else message(self.code, language, {"place": self.place, **self.values})

    def text(self, language: Language) -> str:
        """Return the message in one language, with its kind, code and place, a line a part."""
        zh = language == "zh"
        at = (f"（{self.place}）" if zh else f" ({self.place})") if self.place else ""
        found = self.message(language)
        parts = [f"[{self.kind_zh if zh else self.kind_en} {self.code}]{at} {found.text}"]
        if found.expected:
            parts.append(("应为：" if zh else "Expected: ") + found.expected)
        if found.next:
            parts.append(("下一步：" if zh else "Next: ") + found.next)
        return masked_remark("\n  ".join(parts))


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
