"""The page with the ranks of two-layer networks with the activation z**p."""

from __future__ import annotations

from derivations.catalogue.discovery import derive_question
from derivations.problems.questions import read_problem
from derivations.tactics.rank_table import Cell, table

DEGREES, INPUTS, UNITS = (2, 3, 4), range(1, 7), 15

INTRODUCTION = """How many directions in parameter space the loss of f = Σ_j v_j·(w_j·x)^p can feel at matching weights, for almost
every choice of them: the rank of the Hessian of ½·E|f(θ'; x) - f(θ; x)|² at θ' = θ, with d inputs and k units, where no polynomial
in x but 0 vanishes almost surely. `derivations derive rank --model "monomial[d;k;p]"` derives an entry and shows its proof."""

BOUNDS = """From below, each number is the rank of a matrix of whole numbers modulo a prime, which the true rank is not
less than. From above it is the least of these:

- the number of coefficients of a form of degree p in d variables;
- kd: of the k(d + 1) parameters one for each unit is redundant, since w_j may be scaled and v_j scaled back;
- for p = 2 and k ≤ d, kd - k(k - 1)/2: any two units may be rotated into one another;
- the number of coefficients less that of independent forms of degree p that are singular at all the w_j.

A number in bold is less than the first two would lead one to expect; the expected one stands behind it. For p = 2 this is the
rule. For p = 3 and p = 4 it is the exception, and by the theorem of Alexander and Hirschowitz
([alexander1995](bibliography.md#alexander1995)) there are no others."""

INHERITED = """An activation with lower powers can inherit an exception. Made homogeneous, z² + z³ is the cube of a linear form
up to multiples of the new variable's square; these count as one point more. So the six units of `polynomial[4;6;z**2 + z**3]`
are seven double points in five variables. Each row below is derived when this page is made."""
EXAMPLES = (
    "polynomial[4;6;z**2 + z**3]",
    "polynomial[4;7;(z + 1)**3]",
    "polynomial[3;3;z + z**2]",
    "polynomial[4;6;z + z**3]",
    "linear[3,2,3]",
    "attention[2,1]",
    "relu[2,3,1]",
)

NORMAL = """For f = Σ_j v_j·σ(w_j·x) with standard normal x, every block of the Hessian is a derivative of one function, the
expected product of two units: the arcsine kernel for σ(z) = erf(z/√2) ([williams1997](bibliography.md#williams1997)), an arc-cosine
kernel for the positive part ([cho2009](bibliography.md#cho2009)). At given rational weights its entries are exact, that some
determinant is not zero is proved by enclosing it in a ball, and the vectors that the matrix annihilates are given. Each row is
derived when this page is made (`cited`, for the two kernels)."""

EXCEPTIONS = """Which weights are exceptions can be seen on paper; no rule of the kernel replays these arguments, the tests compare
the ranks at drawn weights with them.

- The error function: the rank is full unless two units have equal or opposite weights, an output weight is zero or a unit has no
  weights. For let Σ_j (α_j·x)·σ'(w_j·x) + β_j·σ(w_j·x) = 0 for all x. On a line x = s·u that is in no exceptional position the
  derivative in s is a sum of (α_j·u·(1 - c_j²s²) + β_j·c_j)·exp(-c_j²s²/2) with different c_j² = (w_j·u)² > 0. Such Gaussians are
  independent over the polynomials in s: α_j·u = 0 for almost all u, hence α_j = 0, and β_j = 0.
- The positive part: each unit's scale is redundant, so kd is the most for k units and d inputs. It is reached unless two units'
  weights are positive multiples of one another, an output weight is zero or two pairs of units have opposite weights. A unit whose
  output weight is not zero gives all x ↦ (α·x)·1[w·x > 0]. If a sum of these vanishes, so does its jump at each hyperplane
  w·x = 0: the linear functions on its two sides agree there, and as no kink is left either, everywhere. With units on one side only
  that is 0; with opposite units it is one linear function, and the sum of these over the pairs must vanish: d more directions are
  redundant for each pair after the first.
- Where a rectified unit has no weights, the output has no derivative in them, and the Hessian is not defined."""
ERF = "w_1_1=1,w_1_2=2,w_2_1={},w_2_2={},w_3_1=3/4,w_3_2=-2,v_1=1,v_2={},v_3=1/3"
RELU = "w_1_1_1=1,w_1_1_2=2,w_1_2_1={},w_1_2_2={},w_1_3_1=3/4,w_1_3_2=-2,w_2_1_1=1,w_2_1_2={},w_2_1_3=1/3"
AT_WEIGHTS = (
    *(
        ("erf[2;3]", ERF.format(*one))
        for one in ((-1, "1/2", -2), (-1, -2, -2), (1, 2, -2), (-1, "1/2", 0), (0, 0, -2))
    ),
    *(("relu[2,3,1]", RELU.format(*one)) for one in ((-1, "1/2", -2), (2, 4, -2), (-2, -4, -2), (-1, "1/2", 0))),
    ("relu[2,4,1]", f"{RELU.format(-2, -4, -2)},w_1_4_1=-3,w_1_4_2=8,w_2_1_4=1"),
)


def ranks_page(note: str) -> str:
    """The tables, one for each degree, and the exceptions with their reasons."""
    parts = [note, "# Effective numbers of parameters", INTRODUCTION, BOUNDS]
    for degree in DEGREES:
        cells = table(degree, INPUTS, UNITS)
        parts += [f"## p = {degree}", _grid(cells)]
        fewer = (cell for cell in cells.values() if cell.rank < cell.expected)
        exceptions = [cell for cell in fewer if cell.reason == "double-points" and degree > 2]
        parts += ["\n".join(map(_exception, exceptions))] if exceptions else []
    parts += ["## Other models", INHERITED, _others(), "## One hidden layer, normal inputs", NORMAL, _at_weights(), EXCEPTIONS]
    return "\n\n".join(parts) + "\n"


def _at_weights() -> str:
    rows = ["| model | weights w_1; w_2; … | output weights | rank | of | reason |", "|---|---|---|---|---|---|"]
    for model, at in AT_WEIGHTS:
        found = derive_question("rank", read_problem(model=model, at=at))
        units = found.answer["weights"]
        weights, top = "; ".join(f"({', '.join(row[:-1])})" for row in units), ", ".join(row[-1] for row in units)
        values = [str(found.answer[key]) for key in ("rank", "parameters", "reason")]
        rows.append(f"| `{model}` | {weights} | {top} | {' | '.join(values)} |")
    return "\n".join(rows)


def _others() -> str:
    rows = ["| model | parameters | rank | no more, because | status |", "|---|---|---|---|---|"]
    for example in EXAMPLES:
        found = derive_question("rank", read_problem(model=example))
        values = [str(found.answer[key]) for key in ("parameters", "rank", "reason")]
        rows.append(f"| `{example}` | {' | '.join(values)} | `{found.report.status}` |")
    return "\n".join(rows)


def _grid(cells: dict[tuple[int, int], Cell]) -> str:
    units = range(1, UNITS + 1)
    rows = ["| d \\ k | " + " | ".join(map(str, units)) + " |", "|---" * (UNITS + 1) + "|"]
    rows += [f"| {d} | " + " | ".join(_entry(cells[d, k]) for k in units) + " |" for d in INPUTS]
    return "\n".join(rows)


def _entry(cell: Cell) -> str:
    return str(cell.rank) if cell.rank == cell.expected else f"**{cell.rank}** ({cell.expected})"


def _exception(cell: Cell) -> str:
    place = f"d = {cell.inputs}, k = {cell.units}: {cell.rank}, not {cell.expected}"
    if cell.cited:
        return f"- {place}. One cubic is singular at all the points, where counting would leave none (`cited`)."
    half = cell.degree // 2
    return (f"- {place}. Some form of degree {half} vanishes at all the points, as it has more coefficients than there are points; "
            "its square is singular there (`proved`).")  # fmt: skip
