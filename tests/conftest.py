"""Hypothesis runs few and always the same examples; ``--hypothesis-profile=long`` runs many, and so does ``-m long``."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

_CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much]
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=8, suppress_health_check=_CHECKS)
settings.register_profile("long", deadline=None, max_examples=150, suppress_health_check=_CHECKS)
settings.load_profile("ci")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.markexpr == "long":
        settings.load_profile("long")
