"""One family of errors: what was expected, what was found, and where in the source."""

from __future__ import annotations


class DerivationsError(Exception):
    """Base of every error this package raises on purpose; its text is meant for the user."""


class Malformed(DerivationsError):
    """Data (a term, a certificate, a specification) that does not have the shape it should have."""


class Unusable(DerivationsError):
    """Input that cannot be used: quotes it and points at the place.

    ``source`` is the text, ``span`` the offending part (start, end), ``hint`` a way out.
    """

    def __init__(self, message: str, source: str = "", span: tuple[int, int] | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.source, self.span, self.hint = message, source, span, hint

    def __str__(self) -> str:
        lines = [self.message]
        if self.source and self.span is not None:
            lines += self._excerpt()
        if self.hint:
            lines.append(self.hint)
        return "\n".join(lines)

    def _excerpt(self) -> list[str]:
        """The line with the offending part, cut to a readable width, and a caret below it."""
        assert self.span is not None
        start, end = self.span
        line_start = self.source.rfind("\n", 0, start) + 1
        line_end = self.source.find("\n", start)
        line_end = len(self.source) if line_end < 0 else line_end
        left = max(line_start, start - 40)
        right = min(line_end, max(start + 32, min(end, start + 60)))
        before, after = ("…" if left > line_start else ""), ("…" if right < line_end else "")
        shown = "".join(c if c.isprintable() else "�" for c in self.source[left:right])
        width = max(1, min(end, right) - start)
        return ["  " + before + shown + after, "  " + " " * (len(before) + start - left) + "^" * width]


class Undecided(DerivationsError):
    """A question that is well posed and that the engine could not settle; says what was tried."""
