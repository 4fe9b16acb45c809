"""Models: an output f(theta; x) as a polynomial in parameters and data; a family such as linear[2,3,2], or a TOML file.

What varies from one data set to the next is *data*: the inputs, and which units of a ReLU network are on (its gates).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from derivations.language.errors import Unusable
from derivations.language.terms import (
    ONE,
    TWO,
    ZERO,
    Term,
    add,
    apply,
    div,
    free_symbols,
    mul,
    neg,
    number,
    power,
    sub,
    substitute,
    subterms,
    symbol,
)
from derivations.problems.losses import exact_value, refuse_unsupported
from derivations.reading import read_expression, vocabulary_for

MAX_PARAMETERS = 3000
ACTIVATION = "z"  # the name of an activation's argument


@dataclass(frozen=True, slots=True)
class Block:
    """A matrix of parameters, row by row; a vector is a matrix with one column."""

    name: str
    rows: int
    columns: int
    names: tuple[str, ...]

    def entry(self, i: int, j: int) -> Term:
        return symbol(self.names[i * self.columns + j])


@dataclass(frozen=True, slots=True)
class Units:
    """One hidden layer, f = Σ_j v_j·σ(w_j·x), of which E σ(a·x)·σ(b·x) is known for standard normal inputs x.

    ``kernel`` is that expectation, in the ``arguments`` a and then b; ``coinciding`` has the same value and the same derivatives up
    to the second where b is a positive multiple of a, ``opposite`` where it is a negative one, in case ``kernel`` does not say them
    there. ``kink``: σ has no derivative at 0.
    """

    weights: Block
    top: Block
    arguments: tuple[str, ...]
    kernel: Term
    coinciding: Term
    opposite: Term
    activation: str
    references: tuple[str, ...]
    kink: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """The outputs as terms in the parameters and the data. ``blocks`` say which parameters form a matrix.

    ``gates`` are those of the data that are piecewise constant in the parameters: what is said of the flow holds while no unit
    of the network is switched on or off. ``units`` are given where the inputs are normal and there is one hidden layer.
    A linear network that is too wide to be written out, or whose sizes are letters, has ``widths`` and no parameters.
    """

    parameters: tuple[str, ...]
    data: tuple[str, ...]
    outputs: tuple[Term, ...]
    blocks: tuple[Block, ...] = ()
    gates: tuple[str, ...] = ()
    source: str = ""
    units: Units | None = None
    widths: tuple[int | str, ...] = ()  # from the inputs to the outputs, of a linear network

    def require_written(self) -> None:
        """Raises Unusable where the network is not written out."""
        if not self.parameters:
            sizes = [one for one in self.widths if isinstance(one, int)]
            count = sum(a * b for a, b in pairwise(sizes)) if len(sizes) == len(self.widths) else 0
            reason = f"this model would have {count:,} parameters; at most {MAX_PARAMETERS:,} are treated here"
            raise Unusable(reason if count else "the sizes should be whole numbers here", self.source, (0, len(self.source)),
                           f"for example {FAMILIES['linear'].example}")  # fmt: skip


def read_model(text: str) -> Model:
    """``FAMILY[sizes]``, or the path of a TOML file with parameters, data and output. Raises Unusable, quoting and pointing."""
    if text.endswith(".toml"):
        from derivations.problems.model_files import read_file  # which imports this module

        return read_file(text)
    match = re.fullmatch(r"\s*([A-Za-z-]+)\s*\[(.*)\]\s*", text)
    if match is None and text.count("[") > text.count("]"):
        raise Unusable("a bracket is not closed", text, (len(text) - 1, len(text)), f"for example {FAMILIES['linear'].example}")
    if match is None:
        known = ", ".join(one.example for one in FAMILIES.values())
        raise Unusable("a model is a family with its sizes, or a .toml file", text, (0, len(text)), f"there are {known}")
    family = FAMILIES.get(match[1].lower())
    if family is None:
        raise Unusable(f"there is no family of models {match[1]!r}", text, match.span(1), _nearest(match[1]))
    return family.build(_Sizes(text, match.start(2), match[2], family.example))


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), FAMILIES, 1, 0.5)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(FAMILIES)}"


def require_polynomial(body: Term, text: str, data: Sequence[str] = ()) -> None:
    """Raises Unusable, pointing at the part, unless the term is made by sums, products and whole powers."""
    for node in subterms(body):
        fine = node.head in ("Number", "Symbol", "Neg", "Add", "Mul")
        fine = fine or (node.head == "Div" and not free_symbols(node.args[1]))
        fine = fine or (node.head == "Pow" and (whole := exact_value(node.args[1])) is not None
                        and whole >= 0 and whole.denominator == 1)  # fmt: skip
        if not fine:
            own = free_symbols(node) and free_symbols(node) <= set(data)
            hint = "a function of the data can be given a name of its own among the data" if own else (
                "products, sums and whole powers are treated")  # fmt: skip
            raise Unusable("a model should be a polynomial in its parameters and data", text, node.span or (0, len(text)), hint)


# --- families ---------------------------------------------------------------------------------------------------------


class _Sizes:
    """What stands between the brackets of a family's name, with its place for messages."""

    def __init__(self, text: str, start: int, inside: str, example: str) -> None:
        self.text, self.start, self.inside, self.example = text, start, inside, example
        self.fields = [part.strip() for part in inside.split(";")]

    def refuse(self, message: str, part: str = "") -> Unusable:
        """The error, pointing at what stands between the brackets, or at the last place of this part."""
        at = max(self.inside.rfind(part), 0) if part else 0
        span = self.start + at, self.start + at + len(part or self.inside)
        return Unusable(message, self.text, span, f"for example {self.example}")

    def numbers(self, field: int = 0, least: int = 1, most: int = 12) -> list[int]:
        """The whole numbers of a field, at least so many."""
        parts = [part.strip() for part in self.fields[field].split(",")] if field < len(self.fields) else []
        if not all(re.fullmatch(r"[1-9][0-9]{0,3}", part) for part in parts):
            raise self.refuse("the sizes should be whole numbers from 1 to 9999")
        if not least <= len(parts) <= most:
            needed = str(least) if least == most else f"{least} to {most}"
            raise self.refuse(f"{len(parts)} {'size' if len(parts) == 1 else 'sizes'} where {needed} should stand")
        return [int(part) for part in parts]

    def letters(self) -> tuple[int | str, ...]:
        """The sizes where some are letters, such as d,k,1; none where all are numbers, or something else stands there."""
        parts = [part.strip() for part in self.fields[0].split(",")]
        fine = all(re.fullmatch(r"[a-z]|[1-9][0-9]{0,3}", part) for part in parts) and 2 <= len(parts) <= 12
        sizes = tuple(int(part) if part.isdecimal() else part for part in parts)
        return sizes if fine and not all(map(str.isdecimal, parts)) else ()

    def only(self, fields: int) -> _Sizes:
        """The same; raises Unusable if there are more fields."""
        if len(self.fields) > fields:
            raise self.refuse("there is a part too many")
        return self

    def checked(self, count: int) -> None:
        if count > MAX_PARAMETERS:
            raise self.refuse(f"this model would have {count:,} parameters; at most {MAX_PARAMETERS:,} are treated")


@dataclass(frozen=True, slots=True)
class Family:
    """A family of models: how it is built from its sizes, an example, and what it computes."""

    build: Callable[[_Sizes], Model]
    example: str
    about: str


def matrix_block(name: str, rows: int, columns: int) -> Block:
    """The matrix with entries name_i_j; name_i where it has one column."""
    return replace(_block(name, rows, columns), name=name)


def _block(letter: str, rows: int, columns: int) -> Block:
    names = [f"{letter}_{i}" if columns == 1 else f"{letter}_{i}_{j}"
             for i in range(1, rows + 1) for j in range(1, columns + 1)]  # fmt: skip
    return Block(letter.upper() if columns > 1 else letter, rows, columns, tuple(names))


def _inputs(letter: str, count: int) -> tuple[str, ...]:
    return (letter,) if count == 1 else tuple(f"{letter}_{i}" for i in range(1, count + 1))


def _through(block: Block, vector: Sequence[Term]) -> list[Term]:
    """The matrix times the vector."""
    return [add(*(mul(block.entry(i, j), x) for j, x in enumerate(vector))) for i in range(block.rows)]


def _layers(sizes: _Sizes, widths: list[int]) -> tuple[Block, ...]:
    sizes.checked(sum(a * b for a, b in pairwise(widths)))
    made = []
    for layer, (below, above) in enumerate(pairwise(widths), start=1):
        names = [f"w_{layer}_{i}_{j}" for i in range(1, above + 1) for j in range(1, below + 1)]
        made.append(Block(f"W_{layer}", above, below, tuple(names)))
    return tuple(made)


def _named(blocks: Sequence[Block]) -> tuple[str, ...]:
    return tuple(name for block in blocks for name in block.names)


def _linear(sizes: _Sizes) -> Model:
    """f = W_n ... W_1 x; not written out where that would be too long, or where sizes are letters."""
    open_sizes = sizes.only(1).letters()
    widths = open_sizes or tuple(sizes.numbers(least=2))
    if open_sizes or sum(int(a) * int(b) for a, b in pairwise(widths)) > MAX_PARAMETERS:
        return Model((), (), (), source=sizes.text.strip(), widths=widths)
    blocks = _layers(sizes, sizes.numbers(least=2))
    data = _inputs("x", blocks[0].columns)
    values = list(map(symbol, data))
    for block in blocks:
        values = _through(block, values)
    return Model(_named(blocks), data, tuple(values), blocks, (), sizes.text.strip(), widths=widths)


def _relu(sizes: _Sizes) -> Model:
    """f = W_n relu(... relu(W_1 x + b_1)), each unit's relu(z) being s*z with its gate s among the data."""
    widths, bias = sizes.only(2).numbers(least=3), _has_bias(sizes)
    blocks, shifts = list(_layers(sizes, widths)), []
    gates: list[str] = []
    data = _inputs("x", widths[0])
    values = list(map(symbol, data))
    for layer, block in enumerate(blocks, start=1):
        values = _through(block, values)
        if layer == len(blocks):
            break
        if bias:
            shift = Block(f"b_{layer}", block.rows, 1, tuple(f"b_{layer}_{i}" for i in range(1, block.rows + 1)))
            shifts.append(shift)
            values = [add(value, shift.entry(i, 0)) for i, value in enumerate(values)]
        switched = [f"s_{layer}_{i}" for i in range(1, block.rows + 1)]
        gates += switched
        values = [mul(symbol(gate), value) for gate, value in zip(switched, values, strict=True)]
    one_layer = len(widths) == 3 and widths[2] == 1 and not bias
    known = (_arccosine(widths[0]), "the positive part of z", "cho2009", True)
    units = _units(blocks[0], blocks[1], *known) if one_layer else None
    blocks += shifts
    return Model(_named(blocks), (*data, *gates), tuple(values), tuple(blocks), tuple(gates), sizes.text.strip(), units)


def _has_bias(sizes: _Sizes) -> bool:
    if len(sizes.fields) > 1 and sizes.fields[1] != "bias":
        raise sizes.refuse('after the widths only "bias" can stand')
    return len(sizes.fields) > 1


def _two_layers(sizes: _Sizes, activation: Term) -> Model:
    """f = sum_j v_j*sigma(w_j . x), for sigma a polynomial in z."""
    (inputs,), (units,) = sizes.numbers(0, 1, 1), sizes.numbers(1, 1, 1)
    sizes.checked(units * (inputs + 1))
    weights, top = _block("w", units, inputs), _block("v", units, 1)
    data = _inputs("x", inputs)
    values = [substitute(activation, {ACTIVATION: value}) for value in _through(weights, list(map(symbol, data)))]
    output = add(*(mul(top.entry(j, 0), value) for j, value in enumerate(values)))
    return Model(_named((weights, top)), data, (output,), (weights, top), (), sizes.text.strip())


def _monomial(sizes: _Sizes) -> Model:
    (degree,) = sizes.only(3).numbers(2, 1, 1)
    if degree > 12:
        raise sizes.refuse("the degree of the activation is at most 12")
    return _two_layers(sizes, power(symbol(ACTIVATION), degree))


def _polynomial(sizes: _Sizes) -> Model:
    if len(sizes.only(3).fields) < 3:
        raise sizes.refuse("the activation is missing")
    activation = read_expression(sizes.fields[2], vocabulary_for((ACTIVATION,), open=True))
    others = sorted(free_symbols(activation) - {ACTIVATION})
    if others or not free_symbols(activation):
        raise sizes.refuse(f"the activation is a polynomial in {ACTIVATION}", others[0] if others else sizes.fields[2])
    refuse_unsupported(activation, sizes.fields[2], "an activation")
    require_polynomial(activation, sizes.fields[2])
    return _two_layers(sizes, activation)


def _erf(sizes: _Sizes) -> Model:
    """f = sum_j v_j*erf(w_j . x/sqrt(2)), the inputs being standard normal."""
    (inputs,), (units,) = sizes.only(2).numbers(0, 1, 1), sizes.numbers(1, 1, 1)
    sizes.checked(units * (inputs + 1))
    weights, top = _block("w", units, inputs), _block("v", units, 1)
    data = _inputs("x", inputs)
    values = _through(weights, list(map(symbol, data)))
    output = add(*(mul(top.entry(j, 0), apply("sigma", value)) for j, value in enumerate(values)))
    kernel = _arcsine(inputs)
    known = _units(weights, top, (kernel, kernel, kernel), "erf(z/sqrt(2))", "williams1997")
    return Model(_named((weights, top)), data, (output,), (weights, top), (), sizes.text.strip(), known)


PI = mul(number(4), Term("Atan", (ONE,)))


def _units(
    weights: Block, top: Block, kernels: tuple[Term, Term, Term], activation: str, reference: str, kink: bool = False
) -> Units:
    arguments = (*_arguments("a", weights.columns), *_arguments("b", weights.columns))
    return Units(weights, top, arguments, *kernels, activation, (reference,), kink)


def _arguments(letter: str, count: int) -> tuple[str, ...]:
    return tuple(f"{letter}_{i}" for i in range(1, count + 1))


def _products(inputs: int) -> tuple[Term, Term, Term]:
    """a . b, |a|**2 and |b|**2."""
    a, b = (list(map(symbol, _arguments(letter, inputs))) for letter in "ab")
    dot, first, second = (add(*map(mul, one, other)) for one, other in ((a, b), (a, a), (b, b)))
    return dot, first, second


def _arcsine(inputs: int) -> Term:
    """(2/pi)*arcsin(a.b/sqrt((1 + |a|**2)*(1 + |b|**2))), written with arctan."""
    dot, first, second = _products(inputs)
    rest = sub(mul(add(ONE, first), add(ONE, second)), power(dot, 2))
    return mul(div(TWO, PI), Term("Atan", (div(dot, Term("Sqrt", (rest,))),)))


def _arccosine(inputs: int) -> tuple[Term, Term, Term]:
    """(|a|*|b|*sin p + (pi - p)*a.b)/(2*pi) for the angle p between a and b; to second order a.b/2 where p = 0, and 0 where p = pi.

    Not where a or b is 0.
    """
    dot, first, second = _products(inputs)
    area = Term("Sqrt", (sub(mul(first, second), power(dot, 2)),))
    angle = add(div(PI, TWO), Term("Atan", (div(dot, area),)))
    return div(add(area, mul(dot, angle)), mul(TWO, PI)), div(power(dot, 2), mul(TWO, dot)), ZERO


def _product(sizes: _Sizes) -> Model:
    (count,) = sizes.only(1).numbers(most=1)
    names = tuple(f"theta_{i}" for i in range(1, count + 1))
    return Model(names, ("x",), (mul(*map(symbol, names), symbol("x")),), (), (), sizes.text.strip())


def _diagonal(sizes: _Sizes) -> Model:
    return _of_pairs(sizes, mul)


def _squares(sizes: _Sizes) -> Model:
    return _of_pairs(sizes, lambda u, v: add(power(u, 2), neg(power(v, 2))))


def _of_pairs(sizes: _Sizes, coefficient: Callable[[Term, Term], Term]) -> Model:
    """f = sum_i c(u_i, v_i)*x_i."""
    (count,) = sizes.only(1).numbers(most=1)
    u, v = _block("u", count, 1), _block("v", count, 1)
    data = _inputs("x", count)
    terms = [mul(coefficient(u.entry(i, 0), v.entry(i, 0)), symbol(x)) for i, x in enumerate(data)]
    return Model(_named((u, v)), data, (add(*terms),), (u, v), (), sizes.text.strip())


def _symmetric(sizes: _Sizes) -> Model:
    """The entries of U U^T."""
    rows, rank = sizes.only(1).numbers(least=2, most=2)
    sizes.checked(rows * rank)
    u = _block("u", rows, rank)
    entries = [add(*(mul(u.entry(i, k), u.entry(j, k)) for k in range(rank))) for i in range(rows) for j in range(i, rows)]
    return Model(u.names, (), tuple(entries), (u,), (), sizes.text.strip())


def _convolution(sizes: _Sizes) -> Model:
    """Two filters in a row: sum_k (sum_i a_i b_(k-i))*x_k."""
    first, second = sizes.only(1).numbers(least=2, most=2)
    a, b = _block("a", first, 1), _block("b", second, 1)
    data = _inputs("x", first + second - 1)
    terms = [mul(a.entry(i, 0), b.entry(j, 0), symbol(data[i + j])) for i in range(first) for j in range(second)]
    return Model(_named((a, b)), data, (add(*terms),), (a, b), (), sizes.text.strip())


def _attention(sizes: _Sizes) -> Model:
    """A head of linear attention: (x . Q K^T y)*(V O)^T z, with Q, K of size d x h and V, O of size d x h and h x d."""
    width, head = sizes.only(1).numbers(least=2, most=2)
    sizes.checked(4 * width * head)
    q, k, v, o = _block("q", width, head), _block("k", width, head), _block("v", width, head), _block("o", head, width)
    x, y, z = (_inputs(letter, width) for letter in "xyz")
    score = add(*(mul(symbol(x[i]), q.entry(i, m), k.entry(j, m), symbol(y[j]))
                  for i in range(width) for j in range(width) for m in range(head)))  # fmt: skip
    mixed = [add(*(mul(symbol(z[i]), v.entry(i, m), o.entry(m, j)) for i in range(width) for m in range(head)))
             for j in range(width)]  # fmt: skip
    blocks = (q, k, v, o)
    return Model(_named(blocks), (*x, *y, *z), tuple(mul(score, one) for one in mixed), blocks, (), sizes.text.strip())


FAMILIES: dict[str, Family] = {
    "linear": Family(_linear, "linear[2,3,2]", "a deep linear network; widths from the inputs to the outputs"),
    "relu": Family(_relu, "relu[2,3,1]", "a ReLU network, with ;bias for biases; widths from the inputs to the outputs"),
    "monomial": Family(_monomial, "monomial[2;3;2]", "two layers with the activation z**p: inputs; units; p"),
    "polynomial": Family(_polynomial, "polynomial[2;3;z + z**2]", "two layers: inputs; units; the activation in z"),
    "erf": Family(_erf, "erf[2;3]", "two layers with the activation erf(z/sqrt(2)), normal inputs: inputs; units"),
    "product": Family(_product, "product[4]", "the product of so many parameters, times x"),
    "diagonal": Family(_diagonal, "diagonal[5]", "a diagonal linear network: coefficients u_i*v_i"),
    "squares": Family(_squares, "squares[5]", "coefficients u_i**2 - v_i**2"),
    "symmetric": Family(_symmetric, "symmetric[3,2]", "the entries of U*U^T: rows and columns of U"),
    "convolution": Family(_convolution, "convolution[3,3]", "two filters in a row: their lengths"),
    "attention": Family(_attention, "attention[2,1]", "a head of linear attention: width and size of the head"),
}  # fmt: skip
