"""Prints, at the end of a run, how many mutants there were of each kind and what became of them."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                for key, rows in report.user_properties:
                    for kind, found, count in rows if key == "mutants" else ():
                        counts[kind][found] += count
    if not counts:
        return
    total: Counter[str] = sum(counts.values(), Counter())
    terminalreporter.section(f"{sum(total.values())} mutants of the certificates, {total['FALSE']} accepted and false")
    for kind, found in sorted(counts.items()):
        rest = ", ".join(f"{count} {reason}" for reason, count in sorted(found.items()) if reason != "refused")
        terminalreporter.write_line(f"{kind:20} {found['refused']:5} refused  {rest}")
