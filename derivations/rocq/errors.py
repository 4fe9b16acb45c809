"""Why a derivation, or a step of it, has no Rocq text."""

from __future__ import annotations

from derivations.language.errors import DerivationsError


class Unsupported(DerivationsError):
    """A step, or a form of speech, that no template treats; ``reason`` says which, for the page and for docs/."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason, self.label, self.rule = reason, "", ""

    def at(self, label: str, rule: str) -> Unsupported:
        """The same reason, with the innermost step it was met in."""
        if not self.label:
            self.label, self.rule = label, rule
        return self

    def __str__(self) -> str:
        place = f"step ({self.label}), rule {self.rule}: " if self.label else ""
        return f"{place}{self.reason}"
