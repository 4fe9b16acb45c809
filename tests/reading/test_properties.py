"""Whatever ``language.ascii`` prints is read back, and whatever is typed is read or refused, quickly.

What ASCII does not show, reading cannot bring back; ``as_printed`` says what the difference is: a sum or product that
begins with one is one, negative and fractional numbers are signs and quotients, ``~`` is Approx, and a list of lists of
one length is a matrix, a list of one a pair of brackets.
"""

import time
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.language import terms as T
from derivations.language.ascii import ascii_text
from derivations.language.errors import Unusable
from derivations.language.terms import Term, well_formed
from derivations.reading import read_expression, read_formula, vocabulary_for

from .vocabularies import ANYTHING, LECTURE

NAMES = ["x", "y", "eta", "lam", "theta_star", "L_max", "t"]
VOCABULARY = vocabulary_for(NAMES, {"theta": None, "L": None})
ONE = [
    "Neg",
    "Abs",
    "Sqrt",
    "Exp",
    "Log",
    "Sin",
    "Cos",
    "Tan",
    "Sinh",
    "Cosh",
    "Tanh",
    "Asinh",
    "Atan",
    "Factorial",
    "Expect",
    "Variance",
    "PlusMinus",
    "BigO",
    "Det",
    "Transpose",
]
RELATIONS = ["Eq", "Ne", "Lt", "Le", "Gt", "Ge", "Approx"]


def _many(head: str, parts: st.SearchStrategy[Term], least: int = 2) -> st.SearchStrategy[Term]:
    return st.lists(parts, min_size=least, max_size=4).map(lambda args: Term(head, tuple(args)))


def _compound(parts: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    two = st.tuples(parts, parts)
    return st.one_of(
        st.builds(lambda head, arg: Term(head, (arg,)), st.sampled_from(ONE), parts),
        st.builds(Term, st.sampled_from(["Div", "Pow", "Delta"]), two),
        st.sampled_from(["Add", "Mul", "Max", "Min", "Set"]).flatmap(lambda head: _many(head, parts)),
        st.builds(lambda args: T.apply("theta", *args), st.lists(parts, min_size=1, max_size=2)),
        st.builds(lambda k, arg: Term("Derivative", ("L", (k,), arg)), st.integers(1, 9), parts),
        st.builds(
            lambda first, last, body: T.total("s", first, last, body), parts, parts, parts | st.just(T.symbol("s"))
        ),
        st.builds(lambda args: T.matrix([list(args), list(args)]), two),
        st.builds(
            lambda a, b, n: Term("Interval", (a, b, "open", n)), parts, parts, st.sampled_from(["open", "closed"])
        ),
        st.builds(lambda body: Term("Diff", (body, "x")), parts),
    )


ATOMS = st.one_of(
    st.sampled_from(NAMES).map(T.symbol),
    st.integers(0, 10**6).map(T.number),
    st.sampled_from([T.INFINITY, Term("ImaginaryUnit")]),
)
EXPRESSIONS = st.recursive(ATOMS, _compound, max_leaves=12)
LINKS = st.builds(lambda head, a, b: Term(head, (a, b)), st.sampled_from(RELATIONS), EXPRESSIONS, EXPRESSIONS)


def _connected(parts: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    return st.one_of(
        _many("And", parts),
        _many("Or", parts),
        parts.map(lambda part: Term("Not", (part,))),
        st.builds(T.implies, parts, parts),
        st.builds(T.iff, parts, parts),
        parts.map(lambda part: T.for_all("z", part)),
        parts.map(lambda part: T.exists("x", part)),
    )


FORMULAS = st.recursive(LINKS, _connected, max_leaves=5)


def as_printed(term: Term) -> Term:
    """The term without what its ASCII does not show."""
    args = tuple(as_printed(arg) if isinstance(arg, Term) else arg for arg in term.args)
    while term.head in ("Add", "Mul") and args[0].head == term.head:
        args = (*args[0].args, *args[1:])
    return Term(term.head, args)


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS)
def test_printed_expressions_are_read_back(term: Term) -> None:
    assert read_expression(ascii_text(term), VOCABULARY) == as_printed(term)


@settings(max_examples=200, deadline=None)
@given(FORMULAS)
def test_printed_formulas_are_read_back(term: Term) -> None:
    assert read_formula(ascii_text(term), VOCABULARY) == as_printed(term)


@settings(max_examples=100, deadline=None)
@given(st.fractions(max_denominator=1000), st.sampled_from(NAMES))
def test_numbers_keep_their_text(value: Fraction, name: str) -> None:
    for term in (T.number(value), T.add(T.symbol(name), T.number(value)), T.mul(T.number(value), T.symbol(name))):
        text = ascii_text(term)
        assert ascii_text(read_expression(text, VOCABULARY)) == text


PIECES = st.sampled_from(
    [
        r"x",
        r"y",
        r"2",
        r"12",
        r"0.5",
        r"+",
        r"-",
        r"*",
        r"/",
        r"^",
        r"**",
        r"_",
        r"(",
        r")",
        r"[",
        r"]",
        r"{",
        r"}",
        r"\{",
        r"\}",
        r",",
        r"|",
        r"!",
        r"'",
        r"<",
        r"<=",
        r"=",
        r"\eta",
        r"\theta",
        r"\lambda_{\max}",
        r"theta",
        r"theta_t",
        r"L",
        r"L'",
        r"eta",
        r"lam",
        r"\frac",
        r"\sqrt",
        r"\left",
        r"\right",
        r"\left|",
        r"\right|",
        r"\sum_{s=0}^{t}",
        r"\begin{pmatrix}",
        r"\end{pmatrix}",
        r"\\",
        r"&",
        r"and",
        r"or",
        r"not",
        r"\in",
        r"\cup",
        r"\sin",
        r"E[",
        r"Var(",
        r"Sum(",
        r"Matrix([[",
        r"e^",
        r"²",
        r"₀",
        r"√",
        r"θ*",
        r"η",
        r"∞",
        r"\text{and}",
        r"\mathrm{Var}",
        r"\lim_{t\to\infty}",
        r"\forall",
        r"Interval(",
        r"D(",
        r"ForAll(",
        r"=>",
        r"<=>",
        r"$",
        r"~",
        r":",
        r".",
        r";",
        r"\,",
        r"\foo",
        r"__",
        r"lambda",
        r"\xrightarrow[t\to\infty]{}",
        r"\text{:}",
        r"\frac{\partial}{\partial",
        r"\mathbb{E}",
        r"\theta^{(",
        r"]x,",
    ]
)


def _read_or_refuse(text: str) -> None:
    for vocabulary in (LECTURE, ANYTHING):
        started = time.process_time()
        try:
            term = read_formula(text, vocabulary)
        except Unusable as error:
            assert error.message
            assert error.span is not None
            assert 0 <= error.span[0] <= error.span[1] <= len(text) + 1
            assert str(error)
        else:
            assert well_formed(term) is term
            assert term.span is not None
        assert time.process_time() - started < 1


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    _read_or_refuse(text)


@settings(max_examples=1500, deadline=None)
@given(st.lists(PIECES, max_size=14), st.sampled_from(["", " "]))
def test_any_heap_of_pieces_is_read_or_refused(pieces: list[str], space: str) -> None:
    _read_or_refuse(space.join(pieces))


@settings(max_examples=100, deadline=None)
@given(PIECES, st.integers(1, 4000))
def test_any_piece_many_times_is_read_or_refused(piece: str, times: int) -> None:
    _read_or_refuse((piece * times)[:19_000])
