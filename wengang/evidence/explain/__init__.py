"""The reasons of one decision, as a person would give them: from the published warehouse and the lake, nothing computed anew."""

from wengang.evidence.explain.base import Explanation, Section, Words
from wengang.evidence.explain.refund import explain_refund

__all__ = ["Explanation", "Section", "Words", "explain_refund"]
