"""The stability region of every named optimizer: deriving it with its proof, beside what others can do with the same conditions.

The others are given Jury's conditions ready made; none of them finds these, or proves anything that can be replayed:

* z3 is asked whether they are equivalent to the region that was found (it could not have found it);
* QEPCAD, where it is installed, simplifies them to a formula without quantifiers;
* SymPy's reduce_inequalities solves for the learning rate alone, with a number for every other constant.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import Process, Queue
from typing import Any

import sympy as sp

from derivations.catalogue.discovery import derive_question
from derivations.language.certificates import Certificate
from derivations.language.errors import Undecided
from derivations.problems.optimizers import NAMED
from derivations.problems.questions import read_problem

SECONDS = 20
Row = tuple[sp.Expr, ...]


def stability() -> None:
    """One line for each optimizer: our time and theirs."""
    print(f"{'derive stability':28}{'ours':>9}{'z3':>12}{'qepcad':>12}{'reduce_inequalities':>22}")
    derive_question("stability", read_problem())  # what is imported late is imported now
    for name in NAMED:
        start = time.perf_counter()
        try:
            certificate = derive_question("stability", read_problem(optimizer=name))
        except Undecided as reason:
            print(f"{name:28}  {reason}")
            continue
        ours = time.perf_counter() - start
        conditions, known = jury(certificate), hypotheses(certificate)
        region = formula(certificate.answer["region"])
        others = [timed(work, conditions, known, region) for work in (with_z3, with_qepcad, with_sympy)]
        print(f"{name:28}{1000 * ours:6.0f} ms{others[0]:>12}{others[1]:>12}{others[2]:>22}", flush=True)


def formula(text: str) -> Any:
    """Our own ASCII as SymPy reads it; nothing from outside ever comes here."""
    return sp.sympify(text, locals={name: sp.Symbol(name, real=True) for name in ("lam", "beta", "gamma", "zeta", "N")})


def hypotheses(certificate: Certificate) -> list[Any]:
    """What is supposed of the constants, as far as it is plain inequalities."""
    from derivations.language.ascii import ascii_text

    claims = [item.claim for item in certificate.derivation.statement.hypotheses]
    parts = [part for claim in claims for part in (claim.args if claim.head == "And" else (claim,))]
    build = {"Lt": sp.Lt, "Le": sp.Le, "Gt": sp.Gt, "Ge": sp.Ge, "Ne": sp.Ne}
    found = [build[part.head](*(formula(ascii_text(arg)) for arg in part.args)) for part in parts if part.head in build]
    names = formula(certificate.answer["characteristic_polynomial"]).free_symbols
    return [claim for claim in found if claim.free_symbols <= names]


def jury(certificate: Certificate) -> Row:
    """Each has to be positive for every root to lie in the open disc (Liénard and Chipart, after z = (1 + u)/(1 - u))."""
    z, u = sp.Symbol("z"), sp.Symbol("u")
    monic = sp.together(formula(certificate.answer["characteristic_polynomial"]))
    numerator, denominator = sp.fraction(monic)
    degree = sp.degree(numerator, z)
    moved = sp.expand(sp.cancel(numerator.subs(z, (1 + u) / (1 - u)) * (1 - u) ** degree))
    c = [moved.coeff(u, degree - k) for k in range(degree + 1)]
    hurwitz = sp.Matrix(degree, degree, lambda i, j: c[2 * j - i + 1] if 0 <= 2 * j - i + 1 <= degree else 0)
    minors = [hurwitz[:k, :k].det() for k in range(degree - 1, 1, -2)]
    sign = denominator if denominator.free_symbols else sp.Integer(1)
    return tuple(sp.expand(part * sign ** (k % 2 or 1)) for k, part in enumerate([*c, *minors]))


def timed(work: Callable[..., str | None], *given: Any) -> str:
    """The time in milliseconds, in a process of its own that is ended after some seconds; or what became of it."""
    queue: Queue[tuple[float, str | None]] = Queue()
    process = Process(target=_run, args=(queue, work, *given))
    process.start()
    process.join(SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
        return f"> {SECONDS} s"
    if queue.empty():
        return "failed"
    seconds, trouble = queue.get()
    return trouble or f"{1000 * seconds:.0f} ms"


def _run(queue: Any, work: Callable[..., str | None], *given: Any) -> None:
    start = time.perf_counter()
    trouble = work(*given)
    queue.put((time.perf_counter() - start, trouble))


def with_z3(conditions: Row, known: list[Any], region: Any) -> str | None:
    try:
        import z3
    except ImportError:
        return "not there"
    both = sp.And(*(part > 0 for part in conditions))
    solver = z3.Solver()
    solver.add(*(_z3(claim) for claim in known), _z3(both) != _z3(region))
    answer = str(solver.check())
    return None if answer == "unsat" else answer


def _z3(term: Any) -> Any:
    import operator
    from functools import reduce

    import z3

    if term in (True, False) or isinstance(term, sp.logic.boolalg.BooleanAtom):
        return z3.BoolVal(bool(term))
    if isinstance(term, sp.And | sp.Or):
        return (z3.And if isinstance(term, sp.And) else z3.Or)(*map(_z3, term.args))
    if isinstance(term, sp.Not):
        return z3.Not(_z3(term.args[0]))
    relations: dict[type, Callable[[Any, Any], Any]] = {
        sp.StrictLessThan: operator.lt, sp.LessThan: operator.le, sp.StrictGreaterThan: operator.gt,
        sp.GreaterThan: operator.ge, sp.Equality: operator.eq, sp.Unequality: operator.ne,
    }  # fmt: skip
    if type(term) in relations:
        return relations[type(term)](*map(_z3, term.args))
    if term.is_Symbol:
        return z3.Real(str(term))
    if term.is_Rational:
        return z3.RealVal(str(term))
    if term.is_Pow and term.exp == sp.Rational(1, 2):
        return z3.Sqrt(_z3(term.base))
    if term.is_Pow:
        return _z3(term.base) ** int(term.exp)
    return reduce(operator.add if term.is_Add else operator.mul, map(_z3, term.args))


def with_qepcad(conditions: Row, known: list[Any], region: Any) -> str | None:
    del region
    if shutil.which("qepcad") is None:
        return "not there"
    claims = [*known, *(part > 0 for part in conditions)]
    symbols = sorted({x for claim in claims for x in claim.free_symbols}, key=str)
    claims = [claim.subs({x: sp.Symbol(f"x{'abcdefgh'[i]}") for i, x in enumerate(symbols)}) for claim in claims]
    names = [f"x{'abcdefgh'[i]}" for i in range(max(1, len(symbols)))]
    wanted = " /\\ ".join(_qepcad(claim) for claim in claims)
    text = f"[stability]\n({','.join(names)})\n{len(names)}\n[ {wanted} ].\nfinish\n"
    done = subprocess.run(["qepcad", "+N20000000"], input=text, capture_output=True, text=True, check=False)
    return None if "An equivalent quantifier-free formula" in done.stdout else "failed"


def _qepcad(claim: Any) -> str:
    if isinstance(claim, sp.And | sp.Or):
        return "[" + (" /\\ " if isinstance(claim, sp.And) else " \\/ ").join(map(_qepcad, claim.args)) + "]"
    if claim in (sp.true, sp.false):
        return "0 = 0" if claim else "0 = 1"
    left = sp.expand(sp.numer(sp.together(claim.lhs - claim.rhs)))
    words = {"!=": "/="}
    return f"{str(left).replace('**', '^').replace('*', ' ')} {words.get(claim.rel_op, claim.rel_op)} 0"


def with_sympy(conditions: Row, known: list[Any], region: Any) -> str | None:
    from sympy.core.relational import Relational

    del region
    claims = [part > 0 for part in conditions]
    names = sorted({x for claim in claims if isinstance(claim, Relational) for x in claim.free_symbols}, key=str)
    if not names:
        return None
    rate = next((x for x in names if str(x) == "eta"), names[0])
    values = {x: sp.Integer(1) if str(x) == "lam" else sp.Rational(1, 2) for x in names if x != rate}
    rows = [claim.subs(values) for claim in [*known, *claims]]
    real = sp.Symbol(str(rate), real=True)
    try:
        sp.reduce_inequalities([row.subs(rate, real) for row in rows if row != sp.true], real)
    except NotImplementedError:
        return "refused"
    return None


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    stability()
