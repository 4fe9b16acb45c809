"""Hypothesis runs few and always the same examples; ``--hypothesis-profile=long`` runs many, and so does ``-m long``."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest
from hypothesis import HealthCheck, settings

_CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much]
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=8, suppress_health_check=_CHECKS)
settings.register_profile("long", deadline=None, max_examples=150, suppress_health_check=_CHECKS)
settings.load_profile("ci")


SHARED = "DERIVATIONS_TESTS_SHARED"  # a folder that all processes of a run share


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ[SHARED] = tempfile.mkdtemp(prefix="derivations-")
    if config.option.markexpr == "long":
        settings.load_profile("long")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ[SHARED], ignore_errors=True)
