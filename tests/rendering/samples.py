"""Certificates built by hand, with the shapes that real ones have. Their proofs are for the eye, not for the kernel."""

from __future__ import annotations

from derivations.language.answers import select
from derivations.language.certificates import Certificate
from derivations.language.statements import Branch, Derivation, Hypothesis, Remark, Report, Statement, Step, Symbol
from derivations.language.terms import (
    INFINITY,
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    apply,
    conj,
    disj,
    div,
    eq,
    expect,
    for_all,
    iff,
    implies,
    le,
    lt,
    matrix,
    mul,
    ne,
    neg,
    number,
    power,
    predicate,
    sub,
    symbol,
    tends,
    total,
)

eta, lam, sigma, star, t, s, k = map(symbol, ("eta", "lam", "sigma", "theta_star", "t", "s", "k"))
STEP = mul(eta, lam)
RATE = sub(ONE, STEP)


def theta(at: Term) -> Term:
    return apply("theta", at)


VARIABLES = (
    Symbol("eta", "real", "learning rate"),
    Symbol("lam", "real", "curvature at the minimum"),
    Symbol("theta_star", "real", "minimum"),
    Symbol("theta", "sequence", "parameter after each step"),
    Symbol("L", "function", "loss"),
)
UPDATE = for_all("t", eq(theta(add(t, ONE)), sub(theta(t), mul(eta, Term("Derivative", ("L", (1,), theta(t)))))))
LOSS = for_all("x", eq(apply("L", symbol("x")), mul(number("1/2"), lam, power(sub(symbol("x"), star), 2))))
CLOSED = for_all("t", eq(theta(t), add(star, mul(power(RATE, t), sub(theta(ZERO), star)))))
LINEAR = eq(sub(theta(add(t, ONE)), star), mul(RATE, sub(theta(t), star)))


def induction() -> Certificate:
    """The closed form, by induction."""
    base = Branch(
        "base",
        (),
        (
            Step("3.1", "identity", eq(power(RATE, ZERO), ONE), (), {}, ("a power with exponent 0",)),
            Step("3.2", "rewrite", eq(theta(ZERO), add(star, mul(ONE, sub(theta(ZERO), star)))), ("3.1",)),
        ),
    )
    inner = eq(theta(add(t, ONE)), add(star, mul(power(RATE, add(t, ONE)), sub(theta(ZERO), star))))
    step = Branch(
        "step",
        (
            Hypothesis(
                "IH", eq(theta(t), add(star, mul(power(RATE, t), sub(theta(ZERO), star)))), ("assumed for this ", t)
            ),
        ),
        (
            Step("3.3", "add-both-sides", LINEAR, ("2",), {}, ("the update, seen from the minimum",)),
            Step(
                "3.4",
                "rewrite",
                inner,
                ("3.3", "IH"),
                {},
                ("put the hypothesis in: ", mul(RATE, power(RATE, t)), " is ", power(RATE, add(t, ONE))),
            ),
        ),
    )
    derivation = Derivation(
        Statement(
            VARIABLES,
            (
                Hypothesis("D1", LOSS, ("a parabola with its minimum at ", star)),
                Hypothesis("D2", UPDATE, ("gradient descent",)),
            ),
            (
                Hypothesis("H1", lt(ZERO, eta), ("a learning rate",)),
                Hypothesis("H2", lt(ZERO, lam), ("a minimum & not a maximum",)),
            ),
            CLOSED,
        ),
        (
            Step(
                "1",
                "derivative",
                for_all("x", eq(Term("Derivative", ("L", (1,), symbol("x"))), mul(lam, sub(symbol("x"), star)))),
                ("D1",),
                {},
                ("differentiate the loss",),
            ),
            Step(
                "2",
                "rewrite",
                for_all("t", eq(theta(add(t, ONE)), sub(theta(t), mul(eta, lam, sub(theta(t), star))))),
                ("D2", "1"),
                {},
                ("put the gradient into the update",),
            ),
            Step("3", "induction", CLOSED, ("1", "2"), {}, ("by induction on ", t), (base, step)),
        ),
        {"kind": "equation", "text": select("text", 1), "closed_form": select("text", 1, 1)},
        (
            Remark(
                "The sign",
                (
                    "The factor ",
                    RATE,
                    " may be negative; then each step overshoots, and the errors alternate in sign.",
                ),
                ("3",),
            ),
            Remark(
                "Exactness",
                (
                    "For a parabola nothing is neglected; for another loss this is the first order in ",
                    sub(theta(t), star),
                    ".",
                ),
                (),
            ),
        ),
    )
    return Certificate(
        "gradient-descent.closed-form",
        "Gradient descent on a parabola, step by step",
        "What is the parameter after t steps?",
        derivation,
        Report({"identity": 1, "rewrite": 3, "induction": 1, "derivative": 1}, (), (), ("H1",)),
        "The distance to the minimum is multiplied by the same factor in every step.",
        ("lecture3:1.a",),
        ("robbins1951",),
    )


def regimes() -> Certificate:
    """The table of regimes: nested quantifiers, equivalences, properties."""
    ahead, here = sub(theta(add(t, ONE)), star), sub(theta(t), star)
    properties = ("monotone", "one_step", "overshooting", "divergent")
    meaning = {
        "monotone": for_all("t", lt(ZERO, mul(ahead, here))),
        "one_step": for_all("t", implies(le(ONE, t), eq(theta(t), star))),
        "overshooting": conj(for_all("t", lt(mul(ahead, here), ZERO)), tends(theta(t), "t", INFINITY, star)),
        "divergent": tends(Term("Abs", (here,)), "t", INFINITY, INFINITY),
    }
    region = {
        "monotone": conj(lt(ZERO, STEP), lt(STEP, ONE)),
        "one_step": eq(STEP, ONE),
        "overshooting": conj(lt(ONE, STEP), lt(STEP, TWO)),
        "divergent": disj(lt(STEP, ZERO), lt(TWO, STEP)),
    }
    conclusion = conj(*(iff(predicate(name), region[name]) for name in properties))
    start = ne(theta(ZERO), star)
    steps = (
        Step(
            "1",
            "rewrite",
            for_all("t", eq(mul(ahead, here), mul(RATE, power(here, 2)))),
            ("H1",),
            {},
            ("multiply the recurrence by ", here),
        ),
        Step(
            "2",
            "cases",
            conclusion.args[0],
            ("1", "D1", "H2"),
            {},
            ("a square is positive, so the sign is that of ", RATE),
        ),
        Step(
            "3",
            "converges",
            iff(tends(power(RATE, t), "t", INFINITY, ZERO), conj(lt(ZERO, STEP), lt(STEP, TWO))),
            (),
            {},
            ("a geometric sequence",),
        ),
        Step("4", "cases", conclusion, ("1", "2", "3", "D1", "D2", "D3", "D4"), {}, ("put together",)),
    )
    derivation = Derivation(
        Statement(
            (*VARIABLES[:4], *(Symbol(name, "property", "") for name in properties)),
            tuple(Hypothesis(f"D{i}", iff(predicate(name), meaning[name])) for i, name in enumerate(properties, 1)),
            (
                Hypothesis("H1", for_all("t", LINEAR), ("the linearised recurrence",)),
                Hypothesis("H2", start, ("not yet at the minimum",)),
            ),
            conclusion,
        ),
        steps,
        {
            "kind": "region",
            "regimes": [{"name": select("name", i, 0), "region": select("text", i, 1)} for i in range(4)],
        },
        (
            Remark(
                "The ends",
                (
                    "At ",
                    eq(STEP, TWO),
                    " the error keeps its size and changes sign in every step: it neither converges nor diverges.",
                ),
                ("2", "3"),
            ),
        ),
    )
    return Certificate(
        "gradient-descent.regimes",
        "Which learning rates do what",
        "How does gradient descent behave?",
        derivation,
        Report({"cases": 2, "rewrite": 1, "converges": 1}, ("z3",), ()),
        "Four regimes, told apart by one number.",
    )


def variance() -> Certificate:
    """The stationary variance: expectations, sums, Kronecker's delta, a limit, a matrix, and one very long line."""
    eps = lambda at: apply("eps", at)  # noqa: E731
    theta2 = expect(power(theta(t), 2))
    value = div(mul(eta, power(sigma, 2)), mul(lam, sub(TWO, STEP)))
    long = eq(
        expect(power(theta(add(t, ONE)), 2)),
        add(
            mul(power(RATE, 2), theta2),
            neg(mul(TWO, eta, RATE, expect(mul(theta(t), eps(t))))),
            mul(power(eta, 2), expect(power(eps(t), 2))),
            mul(power(eta, 3), power(lam, 2), power(add(theta(ZERO), sigma, star), 3)),
            mul(power(RATE, add(mul(TWO, t), TWO)), sub(power(theta(ZERO), 2), value)),
        ),
    )
    unrolled = for_all(
        "t",
        eq(
            theta(t),
            sub(
                mul(power(RATE, t), theta(ZERO)),
                mul(eta, total("s", ZERO, sub(t, ONE), mul(power(RATE, sub(sub(t, ONE), s)), eps(s)))),
            ),
        ),
    )
    conclusion = conj(
        tends(theta2, "t", INFINITY, value),
        iff(predicate("stationary"), conj(lt(ZERO, STEP), lt(STEP, TWO))),
        eq(symbol("C"), matrix([[value, ZERO, neg(eta)], [ZERO, div(ONE, TWO), Term("Sqrt", (add(ONE, STEP),))]])),
    )
    steps = (
        Step("1", "recurrence", unrolled, ("H1",), {}, ("unroll the recurrence <step by step>",)),
        Step(
            "2",
            "expectation",
            long,
            ("1", "H2", "H3"),
            {},
            (
                "square and take the expectation; the cross term ",
                expect(mul(theta(t), eps(t))),
                " vanishes because the noise of a step is independent of all that came before it",
            ),
        ),
        Step(
            "3",
            "cite",
            tends(theta2, "t", INFINITY, value),
            ("2", "H4"),
            {},
            ("an affine recurrence whose factor ", power(RATE, 2), " is below 1"),
        ),
    )
    derivation = Derivation(
        Statement(
            (
                *VARIABLES[:3],
                Symbol("sigma", "real", "standard deviation of the noise"),
                Symbol("theta", "random", "parameter"),
                Symbol("eps", "random", "noise of the gradient"),
                Symbol("C", "real", "covariance"),
                Symbol("stationary", "property"),
            ),
            (),
            (
                Hypothesis(
                    "H1",
                    for_all("t", eq(theta(add(t, ONE)), sub(mul(RATE, theta(t)), mul(eta, eps(t))))),
                    ("the update",),
                ),
                Hypothesis(
                    "H2",
                    for_all(
                        "s", for_all("t", eq(expect(mul(eps(s), eps(t))), mul(power(sigma, 2), Term("Delta", (s, t)))))
                    ),
                    ("independent over time",),
                ),
                Hypothesis("H3", for_all("s", eq(expect(eps(s)), ZERO)), ("unbiased",)),
                Hypothesis("H4", conj(lt(ZERO, STEP), lt(STEP, TWO)), ("stability",)),
            ),
            conclusion,
        ),
        steps,
        {
            "kind": "expression",
            "text": select("text", 0, 3),
            "exists_iff": select("text", 1, 1),
            "covariance": select("rows", 2, 1),
        },
        (Remark("The end of the range", ("At ", eq(STEP, TWO), " the variance grows without bound."), ("3",)),),
    )
    return Certificate(
        "sgd.variance",
        "Stationary variance of stochastic gradient descent",
        "How large is the noise floor?",
        derivation,
        Report({"cite": 1, "expectation": 1}, (), ("affine recurrences",), ("H3",)),
        references=("mandt2017", "liu2021"),
    )


def samples() -> tuple[Certificate, ...]:
    return (induction(), regimes(), variance())
