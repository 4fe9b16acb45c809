"""The page with the conservation laws of models, and how many there are."""

from __future__ import annotations

from collections.abc import Callable

from derivations.catalogue.discovery import derive_question
from derivations.problems.questions import read_problem

INTRODUCTION = """What gradient flow keeps for every data set and every loss, by how a model depends on its parameters alone.
Each row is derived when this page is made. Its laws are verified by the kernel; that there are no more is proved by the rank of
the Lie algebra that the gradients of the model's coefficients generate.
`derivations derive conserved --model "linear[2,3,2]"` shows the laws and the proof; a model of one's own is a TOML file. For one
data set there may be more laws."""

PUBLISHED = """Marcotte, Gribonval and Peyré ([marcotte2023](bibliography.md#marcotte2023)) count the laws of linear networks and of
ReLU networks. With one hidden layer of r units between n inputs and m outputs, a linear network has k(2r + 1 - k)/2 independent
laws, k = min(n + m, r): r(r + 1)/2 where r ≤ n + m. A ReLU network has one for each hidden unit, with biases or without, while
no unit is switched on or off. For deeper networks the same laws are known layer by layer; that there are no others they checked
by computing ranks: the program published with the paper does so for fifty linear and fifty ReLU networks with two to four layers
of weights, about half of the latter with biases, and finds none. Here it is proved in each case, up to six layers. The column
"known" counts as that program does: for a linear network the rank of the gradients of W_{i+1}ᵀW_{i+1} - W_iW_iᵀ at a random point,
which the tests compare with the formula; for a ReLU network the hidden units. The last column compares."""

OTHERS = """The same for other families. Laws are written with matrices and norms where some combination of the blocks'
Gram matrices has all its entries, its diagonal or its trace among them; |w| is the length of a row or a column."""

LINEAR = (
    "linear[2,2,2]", "linear[3,3,3]", "linear[4,4,4]", "linear[1,2,1]", "linear[1,3,1]", "linear[1,5,1]", "linear[2,5,2]",
    "linear[2,4,1]", "linear[2,2,2,2]", "linear[2,3,2,1]", "linear[2,2,2,2,2]", "linear[2,2,2,2,2,2]", "linear[5,5,5,5]",
)  # fmt: skip
RELU = (
    "relu[2,2,2]", "relu[5,5,1]", "relu[3,3,1;bias]", "relu[20,10,1]", "relu[2,2,2,1]", "relu[2,3,2,2;bias]",
    "relu[2,2,2,2,1]", "relu[2,2,2,2,2,1]",
)  # fmt: skip
FAMILIES = (
    "product[2]", "product[4]", "diagonal[5]", "squares[5]", "symmetric[3,1]", "symmetric[3,2]", "monomial[2;2;2]",
    "monomial[2;2;3]", "monomial[2;3;2]", "polynomial[2;2;z + z**2]", "convolution[3,3]", "attention[2,1]", "attention[2,2]",
)  # fmt: skip


def laws_page(note: str) -> str:
    """Counts beside the published ones, and the laws of other families."""
    compared = [(name, _linear) for name in LINEAR] + [(name, _units) for name in RELU]
    head = "| model | parameters | independent laws | at most | known | |\n|---|---|---|---|---|---|"
    rows = [_compared(name, count) for name, count in compared]
    other = ["| model | parameters | independent laws | at most | for example |", "|---|---|---|---|---|", *map(_other, FAMILIES)]
    parts = ["# Conservation laws of models", INTRODUCTION, "## Linear and ReLU networks", PUBLISHED, "\n".join([head, *rows])]
    return "\n\n".join([note, *parts, "## Other families", OTHERS, "\n".join(other)]) + "\n"


def _widths(name: str) -> list[int]:
    return [int(part) for part in name.split("[")[1].rstrip("]").split(";")[0].split(",")]


def _linear(name: str) -> int:
    widths = _widths(name)
    ranks = [(r, min(n + m, r)) for n, r, m in zip(widths, widths[1:], widths[2:], strict=False)]
    return sum(k * (2 * r + 1 - k) // 2 for r, k in ranks)


def _units(name: str) -> int:
    return sum(_widths(name)[1:-1])


def _compared(name: str, published: Callable[[str], int]) -> str:
    problem = read_problem(model=name)
    answer = derive_question("conserved", problem).answer
    agrees = answer["complete"] and answer["independent"] == published(name)
    count = len(problem.model.parameters) if problem.model else 0
    values = [count, answer["independent"], answer["at_most"], published(name), "agrees" if agrees else "differs"]
    return f"| `{name}` | {' | '.join(map(str, values))} |"


def _other(name: str) -> str:
    problem = read_problem(model=name)
    answer = derive_question("conserved", problem).answer
    count = len(problem.model.parameters) if problem.model else 0
    texts = answer["blocks"] or answer["quantities"]
    shown = ", ".join(f"`{text}`" for text in texts[:3]) + (", …" if len(texts) > 3 else "")
    return f"| `{name}` | {count} | {answer['independent']} | {answer['at_most']} | {shown or 'none'} |"
