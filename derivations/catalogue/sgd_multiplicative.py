"""Least squares by batches: stable in mean square iff 0 < eta < 2*N/(lam*(N + k - 1)), k the inputs' fourth moment.

Setting     Samples (x_i, y_i), y_i = p*x_i + zeta_i, E x**2 = lam, E x**4 = k*lam**2, zeta independent of x with variance
            sigma**2; theta follows the gradient of the mean of (theta*x_i - y_i)**2/2 over a batch of N new samples.
Statement   E e_{t+1}**2 = r*E e_t**2 + b. For gradient descent r = 1 - 2*eta*lam + eta**2*lam**2*(1 + (k - 1)/N) and
            b = eta**2*sigma**2*lam/N. Where r < 1 the second moment tends to b/(1 - r); elsewhere it grows beyond all bounds.
Idea        Square the recurrence: double sums over the batch, in which Kronecker's delta singles out equal samples.
Endpoints   r = 1: linear growth. k = 1 (inputs of one size): the border of the noiseless method. k = 3: Gaussian inputs.
References  [ma2018], [mandt2017]
"""

from __future__ import annotations

from derivations.catalogue.result import Result
from derivations.language.answers import select
from derivations.language.errors import Undecided
from derivations.language.statements import Derivation
from derivations.language.terms import (
    INFINITY,
    ONE,
    ZERO,
    Term,
    conj,
    eq,
    expect,
    free_symbols,
    implies,
    ne,
    number,
    power,
    rebuild,
    substitute,
    subterms,
    symbol,
    tends,
)
from derivations.problems.questions import Problem, read_problem
from derivations.tactics.affine import (
    Affine,
    Range,
    converges,
    fixed_value,
    grows,
    leading_order,
    solved_range,
    together,
)
from derivations.tactics.algebra import expanded
from derivations.tactics.linear import T, closed_form
from derivations.tactics.multiplicative import (
    E_T,
    LeastSquares,
    least_squares,
    mean_recurrence,
    second_moment,
    squared_mean_below,
)
from derivations.tactics.proof import Proof

GAUSSIAN = number(3)  # E x**4 = 3*(E x**2)**2


def derive(problem: Problem) -> Derivation:
    if problem.noise != "multiplicative":
        raise Undecided("this is about noise that grows with the distance; ask for it with --noise multiplicative")
    proof = Proof()
    model = least_squares(proof, problem)
    mean, factor = mean_recurrence(proof, model)
    settled = closed_form(proof, mean, expect(E_T), factor, substitute(expect(E_T), {"t": ZERO}), [])
    square = second_moment(proof, model)
    rate = next(iter(problem.optimizer.hyperparameters), "")
    where = solved_range(proof, square.ratio, rate, square.known)
    value = fixed_value(square, where)
    inside = _inside(proof, model, square, where, value, settled, factor)
    step = model.step.args[0] if model.step.head == "Neg" else model.step
    moves = [proof.assume(ne(step, ZERO), "the method does move"), proof.assume(ne(symbol("sigma"), ZERO), "there is noise")]
    outside = grows(proof, square, where, moves)
    every = proof.step("generalise", Term("ForAll", ("t", proof.claims[square.recurrence])), square.recurrence,
                       because="the step was arbitrary")  # fmt: skip
    gaussian = _gaussian(proof, model, inside, outside, together(square.known, where.known))
    parts = [inside, outside, gaussian, every]
    answer = {
        "kind": "expression",
        "text": select("text", 0, 1, 0, 3),
        "exact": select("text", 0, 1, 0, 3),
        "exists_iff": select("text", 0, 0),
        "at_step": select("text", 0, 1, 2, 1, 1),
        "gaussian": {"exists_iff": select("text", 2, 1, 0, 0), "exact": select("text", 2, 1, 0, 1, 3)},
        "recurrence": select("text", 3, 1),
    }
    if rate in free_symbols(value):
        leading = leading_order(proof, value, where.inside, rate, together(square.known, where.known, moves))
        parts += leading
        answer |= {"leading": select("text", 5, 1, 0, 1, 0)} if leading else {}
    proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="all together")
    _remarks(proof, square, outside, gaussian)
    return proof.finish(answer, problem.sources)


def _inside(proof: Proof, model: LeastSquares, square: Affine, where: Range, value: Term, mean: str, factor: Term) -> str:
    """inside ⇒ E e_t**2 → value, E e_t → 0, and the second moment at every step."""
    case = proof.supposing(where.inside, "the stable range")
    with proof.inside() as steps:
        limit, below, closed = converges(proof, square, where, value, [case.label])
        small = squared_mean_below(proof, model, factor, below)
        rule = proof.step("geometric", implies(proof.claims[small], tends(power(factor, T), "t", INFINITY, ZERO)),
                          term=power(factor, T), ratio=factor, start=ONE, because="powers of such a number vanish")  # fmt: skip
        gone = proof.step("instantiate", proof.claims[rule].args[1], rule, small, values={}, because="here")
        centred = proof.step("limit", tends(expect(E_T), "t", INFINITY, ZERO), mean, gone,
                             because="the mean tends to the best parameter")  # fmt: skip
        parts = (limit, centred, closed)
        proof.step("conjunction", conj(*(proof.claims[label] for label in parts)), *parts, because="together")
    both = proof.claims[steps[-1].label]
    return proof.step("suppose", implies(where.inside, both), branches=(proof.branch("inside the stable range", steps, case),),
                      because="the second moment forgets its start and keeps what the noise adds")  # fmt: skip


def _gaussian(proof: Proof, model: LeastSquares, inside: str, outside: str, known: tuple[str, ...]) -> str:
    """k = 3 ⇒ both statements with 3 in the place of k, the quantities tidied."""
    case = proof.supposing(eq(symbol(model.kurtosis), GAUSSIAN), "Gaussian inputs")
    kept, grown = proof.claims[inside], proof.claims[outside]
    plain = implies(kept.args[0], kept.args[1].args[0])
    with proof.inside() as steps:
        shorter = proof.step("signs", plain, inside, *known, because="of the convergence only the limit")
        both = proof.step("conjunction", conj(plain, grown), shorter, outside, because="together")
        claim = _inserted(conj(plain, grown), model.kurtosis)
        proof.step("rewrite", claim, both, case.label, because="insert the fourth moment of a Gaussian")
    return proof.step("suppose", implies(case.claim, claim), branches=(proof.branch("Gaussian inputs", steps, case),),
                      because="for Gaussian inputs the fourth moment is three times the square of the second")  # fmt: skip


def _inserted(formula: Term, name: str) -> Term:
    """The formula with the Gaussian's value in the place of the name, sums in which it occurs being carried out."""
    if formula == symbol(name):
        return GAUSSIAN
    changed = rebuild(formula, lambda arg: _inserted(arg, name))
    plain = all(node.head not in ("Add", "Div") for part in changed.args if isinstance(part, Term) for node in subterms(part))
    return expanded(changed) if changed != formula and formula.head == "Add" and plain else changed


def _remarks(proof: Proof, square: Affine, outside: str, gaussian: str) -> None:
    proof.remark(
        "The fourth moment of the inputs decides",
        ("The border lies below that of the noiseless method, because the batch's curvature fluctuates. Only inputs of one size, "
         "or large batches, leave it where it was.",),
        square.recurrence, gaussian,
    )  # fmt: skip
    proof.remark(
        "The mean says nothing of stability",
        ("Between the two borders the mean converges although the second moment grows beyond all bounds.",),
        outside,
    )  # fmt: skip


RESULT = Result(
    id="sgd.multiplicative",
    title="Mean-square stability and stationary variance of least squares",
    question="variance",
    derive=derive,
    summary="Where the noise grows with the distance, the fourth moment of the inputs and the batch size decide what is stable.",
    references=("ma2018", "mandt2017"),
    problem=lambda: read_problem(noise="multiplicative"),
    order=86,
)
