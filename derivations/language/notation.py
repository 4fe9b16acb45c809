"""Notation is a table, not a habit: how each role is written in each notation, and how it may be spelt when read.

Results are stated in roles (``eta``, ``lam``, ``theta`` …) and printed in the lecture's notation (η, λ, θ) or in the notes'
(α, λ, x). A name that is no role is printed as itself: ``alpha`` as α, ``theta_1`` and ``theta1`` with an index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

NOTATIONS = ("lecture", "notes")

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Glyph:
    """How a name is written: LaTeX and Unicode of its base, then a subscript and a superscript (LaTeX, Unicode)."""

    latex: str
    unicode: str
    sub: str = ""
    sup: str = ""

    def as_latex(self, sub: str = "", sup: str = "") -> str:
        """The name in LaTeX, with a further subscript and superscript."""
        lower = ",".join(part for part in (self.sub, sub) if part)
        upper = "".join(part for part in (self.sup, sup) if part)
        if sup and self.sup:
            upper = f"{self.sup}{sup}"
        text = self.latex
        if lower:
            text += f"_{lower}" if len(lower) == 1 else f"_{{{lower}}}"
        if upper:
            text += f"^{upper}" if len(upper) == 1 else f"^{{{upper}}}"
        return text


@dataclass(frozen=True, slots=True)
class Role:
    """One row of the notation table."""

    name: str
    meaning: str
    lecture: Glyph
    notes: Glyph
    spellings: tuple[str, ...] = ()  # further ways in which it may be written when read


def _greek(name: str, **more: str) -> Glyph:
    return Glyph("\\" + name, GREEK[name], **more)


def _role(name: str, meaning: str, lecture: Glyph, notes: Glyph | None = None, *spellings: str) -> Role:
    return Role(name, meaning, lecture, notes or lecture, spellings)


def _letter(letter: str, **more: str) -> Glyph:
    return Glyph(letter, letter, **more)


ROLES: tuple[Role, ...] = (
    _role("eta", "learning rate", _greek("eta"), _greek("alpha"), "lr", "learning_rate", "step_size"),
    _role("lam", "curvature", _greek("lambda"), None, "lambda", "curvature"),
    _role("theta", "parameter", _greek("theta"), _letter("x")),
    _role("theta_star", "fixed point", _greek("theta", sup="*"), _letter("x", sup=r"\star"), "theta*", "x_star"),
    _role("theta_0", "initial value", _greek("theta", sup="(0)"), _letter("x", sub="0"), "theta0", "x_0"),
    _role("t", "step", _letter("t"), _letter("k")),
    _role("tau", "elapsed time, the number of steps times the learning rate", _greek("tau")),
    _role("L", "loss", Glyph(r"\mathcal{L}", "ℒ"), _letter("f"), "loss", "cost"),
    _role("H", "Hessian", _letter("H"), _letter("A"), "A"),
    _role("H_1", "first component of the Hessian times a vector", _letter("H", sub="1"), _letter("A", sub="1")),
    _role("H_2", "second component of the Hessian times a vector", _letter("H", sub="2"), _letter("A", sub="2")),
    _role("beta", "momentum", _greek("beta"), None, "momentum"),
    _role("gamma", "weight decay", _greek("gamma")),
    _role("sigma", "standard deviation of the noise", _greek("sigma")),
    _role("eps", "noise of the gradient", _greek("varepsilon"), None, "epsilon", "varepsilon"),
    _role("xi", "noise of one sample's gradient", _greek("xi")),
    _role("N", "batch size", _letter("N"), None, "batch_size"),
    _role("L_max", "largest curvature", _greek("lambda", sub=r"\max"), None, "lambda_max", "lam_max"),
    _role("mu", "smallest curvature", _greek("mu"), _greek("lambda", sub=r"\min"), "lambda_min", "lam_min"),
    _role("kappa", "condition number", _greek("kappa")),
    _role("e", "error of the linearised iteration", _letter("e")),
    _role("F", "update map", _letter("F")),
    _role("n", "number of parameters", _letter("n"), _letter("d")),
)
ROLE = {role.name: role for role in ROLES}


def plain_glyph(name: str) -> Glyph:
    """How a name that is no role is written: Greek letters by name, digits and what follows "_" as a subscript."""
    match = re.fullmatch(r"([A-Za-z]+?)_?(\d+)", name)
    base, sub = (match.group(1), match.group(2)) if match else (name.partition("_")[0], name.partition("_")[2])
    if sub == "star":
        return Glyph(plain_glyph(base).latex, plain_glyph(base).unicode, sup="*")
    sub = ",".join("\\" + part if part in GREEK or part in ("max", "min") else part for part in sub.split("_") if part)
    if len(sub) > 1 and not re.fullmatch(r"[\d,]+|\\\w+|\w", sub):
        sub = rf"\mathrm{{{sub}}}"
    if base in GREEK:
        return Glyph("\\" + base, GREEK[base], sub)
    if base == "lam":
        return Glyph(r"\lambda", "λ", sub)
    return Glyph(base if len(base) == 1 else rf"\mathit{{{base}}}", base, sub)


def glyphs(names: Iterable[str], notation: str = "lecture") -> dict[str, Glyph]:
    """How each of these names is written, no two alike: a user's own name keeps its letter, a role yields.

    A role's glyph in the notation asked for gives way to the lecture's, and then to its plain name, where another
    name of the text is written so already.
    """
    if notation not in NOTATIONS:
        raise ValueError(f"unknown notation {notation!r}; there are {', '.join(NOTATIONS)}")
    names = sorted(set(names))
    chosen = {name: plain_glyph(name) for name in names if name not in ROLE}
    taken = {glyph.as_latex() for glyph in chosen.values()}
    bases = {glyph.latex for glyph in chosen.values() if not glyph.sub}
    for name in names:
        if name not in ROLE:
            continue
        role = ROLE[name]
        options = [role.notes if notation == "notes" else role.lecture, role.lecture, plain_glyph(name)]
        glyph = next((one for one in options if one.as_latex() not in taken and one.latex not in bases), None)
        glyph = glyph or Glyph(rf"\mathit{{{name}}}", name)
        chosen[name] = glyph
        taken.add(glyph.as_latex())
    return chosen
