"""The limiting spectrum of the Hessian of a wide linear network with normal weights, and what follows from it.

Setting     f = v*W*x, W of size k x d with entries N(0, s_w**2), v one row with entries N(0, s_v**2), all independent; E x*x^T = I.
            At matching weights the Hessian's non-zero eigenvalues are r + x, r = |v|**2 and x an eigenvalue of W^T*W.
Statement   With c = d/k and w = k*s_w**2 the x have for k -> oo the density sqrt((x_max - x)*(x - x_min))/(2*pi*c*w*x)
            between w*(1 -+ sqrt(c))**2, and the share max(0, 1 - 1/c) at 0; its distribution function in closed form.
            At every width an eigenvalue has the mean k*(s_v**2 + s_w**2) and the variance 2*k*s_v**4 + k*(d + 1)*s_w**4.
            Gradient descent is stable for eta*(r + x_max) < 2. The part of the loss in the continuous spectrum decays in the
            end as exp(-2*eta*t*(r + x_min))/t**(3/2), with 1/t**(1/2) where c = 1.
Idea        The limit is Marchenko and Pastur's; its distribution function is verified by differentiating it; moments by pairing.
Endpoints   c = 1: the spectrum reaches down to r, where the density is infinite. c > 1: the share 1 - 1/c of them is r.
References  [couto2025], [marchenko1967], [watson1918]
"""

from __future__ import annotations

from typing import Any

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import add, conj, power
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.limiting_spectrum import S_V, SHARE, K, X, distribution, end_values, law, setting
from derivations.tactics.linear_layers import layers_of
from derivations.tactics.proof import Proof
from derivations.tactics.random_traces import at_these_sizes, mean_eigenvalue, variance_of_eigenvalue
from derivations.tactics.spectral_decay import LENGTH, decay, declare, stable


def derive(problem: Problem) -> Derivation:
    if problem.weights:
        raise Undecided("this result is about random weights; at given ones the eigenvalues are numbers")
    proof = Proof()
    sizes = _sizes(problem)
    s = setting(proof, sizes)
    spectrum = law(s)
    shape = distribution(s, spectrum)
    mean = mean_eigenvalue(s)
    moments, variance = variance_of_eigenvalue(s)
    length, rate = declare(s)
    slow = decay(s, spectrum, length, rate)
    parts = [spectrum.spectrum, *end_values(s, spectrum), *shape, at_these_sizes(s, mean), *moments,
             at_these_sizes(s, variance), stable(s, length, rate), slow]  # fmt: skip
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    _remarks(proof, spectrum.spectrum, slow, s.touching)
    return proof.finish(_answer(sizes), problem.sources)


def _sizes(problem: Problem) -> tuple[int, int] | None:
    """The numbers of inputs and of hidden units; None where they are letters. Raises Undecided for another model."""
    model = problem.model
    if model is None:
        raise Undecided("this result is about a model: give one with --model")
    widths = model.widths
    if model.parameters and not widths:
        layers_of(model)
        lower = model.blocks[0]
        widths = (lower.columns, lower.rows, len(model.outputs))
    if len(widths) != 3 or widths[2] != 1:
        raise Undecided("this result is about linear networks with one hidden layer and one output, such as linear[200,400,1]")
    inputs, units = widths[:2]
    if isinstance(inputs, str) != isinstance(units, str):
        raise Undecided("either both sizes are letters, or none is")
    return (inputs, units) if isinstance(inputs, int) and isinstance(units, int) else None


def _answer(sizes: tuple[int, int] | None) -> dict[str, Any]:
    """Where everything stands in the conclusion. The smallest eigenvalue is r alone where some x are 0 or come near it."""
    lowest = (13, 5, 0, 2, 0, 0, 3)
    known = {} if sizes is None else {"smallest": select("text", *lowest, *((0,) if sizes[0] >= sizes[1] else ()))}
    return {
        "kind": "expression",
        "text": select("text", 0, 4),
        "law": select("text", 0),
        "density": select("text", 0, 4),
        "edges": [select("text", 1, 1), select("text", 2, 1)],
        "atom": select("text", 3, 1),
        "distribution": select("text", 4, 1, 1, 0, 1),
        "mean": select("text", 7, 1),
        "variance": select("text", 11, 1),
        "stable": select("text", 12, 1, 0, 0),
        **known,
        "largest": select("text", 12, 1, 0, 0, 0, 1),
        "decay": select("text", 13, 5),
    }


def _remarks(proof: Proof, spectrum: str, slow: str, touching: bool) -> None:
    proof.remark(
        "The spectrum of the Hessian",
        (
            "At matching weights its eigenvalues that are not 0 are ", add(LENGTH, X), ", one for each input: its spectrum is this "
            "one, moved by ", LENGTH, ". Over the draws ", LENGTH, " is ", power(S_V, 2), " times a chi-square variable with ", K,
            " degrees of freedom, independent of the first layer, so the spectrum of all draws together is the convolution of the "
            "two. With more inputs than hidden units the share ", SHARE, " of the eigenvalues is ", LENGTH, ".",
        ),
        spectrum,
    )  # fmt: skip
    shape = (
        "the density is infinite at the lower end, so that little but the exponential is left"
        if touching
        else "beside the exponential there is a power of the time, as the density vanishes like a root at the lower end"
    )
    proof.remark(
        "How long learning takes",
        (
            f"After a long time the smallest eigenvalues are what is left of the loss: {shape}. Here the time counts small steps, "
            "and each direction starts with the same error. Where ", SHARE, " is not 0, its part of the loss outlives the rest.",
        ),
        slow,
    )  # fmt: skip


RESULT = Result(
    id="spectrum.law",
    title="Limiting spectrum of the Hessian of a wide linear network",
    question="spectrum",
    derive=derive,
    summary="For normal weights the spectrum tends to Marchenko and Pastur's, moved by the squared length of the upper layer.",
    references=("couto2025", "marchenko1967", "watson1918"),
    problem=lambda: read_problem(model="linear[d,k,1]"),
    order=70,
    models=True,
    wide=True,
)
