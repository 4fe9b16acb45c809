"""Why the kernel refuses a step: one error, with a reason from a short list."""

from __future__ import annotations

from derivations.language.errors import DerivationsError


class Refused(DerivationsError):
    """A step, definition or statement that was not accepted; ``reason`` names the kind of fault.

    Reasons: ``shape`` (the claim or a premise is not of the rule's form), ``not-equal``, ``does-not-follow``,
    ``may-be-zero``, ``sign-unknown``, ``may-be-negative``, ``scope`` (a variable is not free to vary), ``domain``, ``witness``,
    ``label``, ``definition``, ``conclusion``, ``too-large``, ``name``.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.message, self.label, self.rule = reason, message, "", ""

    def at(self, label: str, rule: str) -> Refused:
        """The same refusal, with the innermost step it happened in."""
        if not self.label:
            self.label, self.rule = label, rule
        return self

    def __str__(self) -> str:
        place = f"step ({self.label}), rule {self.rule}: " if self.label else ""
        return f"{place}{self.message} [{self.reason}]"
