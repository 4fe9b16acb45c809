"""Stationary variance when the noise is that of a mini-batch: the mean over N samples.

Setting     The gradient's noise is the mean of N samples' noise, uncorrelated among samples and steps, each of variance sigma**2.
Statement   A step's noise has the variance sigma**2/N; hence the stationary variance of ``sgd_stationary_variance`` with it.
Idea        The square of the mean is a double sum; Kronecker's delta leaves N equal terms of N**2.
Endpoints   Sampling without replacement correlates the samples and is not this setting.
References  [mandt2017]
"""

from __future__ import annotations

from dataclasses import replace

from derivations.catalogue.result import Result
from derivations.catalogue.sgd_stationary_variance import derive
from derivations.problems.questions import Problem, default_problem


def _minibatch() -> Problem:
    return replace(default_problem(), noise="minibatch")


RESULT = Result(
    id="sgd.minibatch-variance",
    title="Stationary variance with mini-batches",
    question="variance",
    derive=derive,
    summary="Averaging over a batch divides the variance of the noise, and with it the stationary variance, by the batch size.",
    references=("mandt2017",),
    tasks=("lecture3:4.b",),
    problem=_minibatch,
    order=85,
)
