"""Points, maps, lists of names, and vocabularies."""

import pytest

from derivations.language.ascii import ascii_text
from derivations.language.errors import Malformed, Unusable
from derivations.language.notation import ROLE, ROLES
from derivations.reading import Vocabulary, read_expression, read_map, read_names, read_point, vocabulary_for

from .vocabularies import ANYTHING, LECTURE


def test_a_point() -> None:
    point = read_point("x=3/2, y = 0", LECTURE)
    assert {name: ascii_text(term) for name, term in point.items()} == {"x": "3/2", "y": "0"}


def test_a_map() -> None:
    field = read_map("x: y, y: -x", ANYTHING)
    assert {name: ascii_text(term) for name, term in field.items()} == {"x": "y", "y": "-x"}


@pytest.mark.parametrize(
    ("text", "names"), [("x,y", ("x", "y")), (r"\lambda, θ₁", ("lam", "theta_1")), ("u1", ("u1",))]
)
def test_names(text: str, names: tuple[str, ...]) -> None:
    assert read_names(text) == names


@pytest.mark.parametrize(
    ("read", "text", "span", "message"),
    [
        (read_point, "x=1, x=2", (5, 6), "stands here twice"),
        (read_point, "x", (1, 2), "expected '='"),
        (read_point, "2=x", (0, 1), "name of a variable"),
        (read_point, "x=", (1, 2), "missing"),
        (read_point, "x=1 y=2", (4, 5), None),
        (read_map, "x=1", (1, 2), "expected ':'"),
        (read_map, "x: y,", (4, 5), "missing"),
        (read_point, "x=(y<1)", (3, 6), "a relation stands here"),
        (read_point, "", (0, 0), "nothing"),
    ],
)
def test_unusable_points(read: type, text: str, span: tuple[int, int], message: str | None) -> None:
    with pytest.raises(Unusable) as caught:
        read(text, LECTURE)
    if message is not None:
        assert message in caught.value.message
        assert caught.value.span == span


@pytest.mark.parametrize("text", ["", "x,,y", "x,x", "x y", "2", "x+y", "f(x)", "x,"])
def test_unusable_names(text: str) -> None:
    with pytest.raises(Unusable):
        read_names(text)


@pytest.mark.parametrize("role", [role.name for role in ROLES])
@pytest.mark.parametrize("notation", ["lecture", "notes", None])
def test_every_role_is_read_in_its_notation(role: str, notation: str | None) -> None:
    vocabulary = vocabulary_for([role], notation=notation)
    glyph = getattr(ROLE[role], notation or "lecture")
    for spelling in (glyph.as_latex(), role, *ROLE[role].spellings):
        assert read_expression(spelling, vocabulary).args == (role,)


def test_the_lecture_wins_where_notations_collide() -> None:
    vocabulary = vocabulary_for(["theta", "x", "t", "k"])
    assert [read_expression(name, vocabulary).args[0] for name in ("x", "k", "θ", "t")] == ["x", "k", "theta", "t"]


def test_both_notations_are_read_where_they_do_not_collide() -> None:
    vocabulary = vocabulary_for(["theta", "eta"])
    assert read_expression(r"\alpha x", vocabulary) == read_expression("ηθ", vocabulary)


def test_names_with_digits_are_read_with_an_index() -> None:
    vocabulary = vocabulary_for(["theta_1", "u2"])
    assert read_expression(r"\theta_1 u_2 theta1", vocabulary) == read_expression("theta_1*u2*theta_1", vocabulary)


def test_primes_may_belong_to_a_name() -> None:
    vocabulary = Vocabulary({"L''": "lam", r"\eta": "eta"})
    assert ascii_text(read_expression(r"2/L'' - \mathcal{L}''", vocabulary)) == "2/lam - lam"


def test_e_may_be_a_variable() -> None:
    assert read_expression("e^2", Vocabulary({"e": "e"})).head == "Pow"


@pytest.mark.parametrize("spellings", [{"x+y": "x"}, {"": "x"}, {"x": "not a name"}, {r"\lambda": "a", "lambda": "b"}])
def test_malformed_vocabularies(spellings: dict[str, str]) -> None:
    with pytest.raises((Malformed, Unusable)):
        Vocabulary(spellings)
