"""Vocabularies: which names a text may use, and in how many ways each may be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from derivations.language.errors import Malformed
from derivations.language.notation import NOTATIONS, ROLE, plain_glyph
from derivations.reading.keys import key_of

# Roles that are indexed by the step: with them ``^{(2)}`` is an index and never the order of a derivative.
SEQUENCES = frozenset({"theta", "e", "eps", "xi"})
_VARIANTS = {"epsilon": "varepsilon", "theta": "vartheta", "phi": "varphi"}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that a text may use.

    ``spellings`` says how names may be written (``"\\\\eta"``, ``"lr"`` → ``eta``); a spelling is known by its key, so
    ``\\theta^{(0)}``, ``θ₀`` and ``theta_0`` need one line. ``functions`` are the names of sequences, functions
    and families, with the number of their arguments (None: any). A function is a variable as well only if its own name
    is among the spellings. ``sequences`` are the functions whose index is written above: ``\\theta^{(2)}(1-x)`` is a
    product with them and a second derivative otherwise. With ``open`` an undeclared name is a variable of that name.
    ``divides`` settles 1/2x one way; without it that is refused. ``spare`` are the names to which a text may give a meaning of
    its own.
    """

    spellings: Mapping[str, str]
    functions: Mapping[str, int | None] = field(default_factory=dict)
    open: bool = False
    sequences: frozenset[str] = frozenset()
    divides: str = ""  # what 1/2x divides by: "all" of the product, the "first" factor, or nobody knows
    spare: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(init=False, repr=False, compare=False)  # key → variable
    applied: Mapping[str, str] = field(init=False, repr=False, compare=False)  # key → function

    def __post_init__(self) -> None:
        names: dict[str, str] = {}
        applied = {name: name for name in self.functions}
        for spelling, name in self.spellings.items():
            if not name.isidentifier():
                raise Malformed(f"{name!r} is not a name")
            key = key_of(spelling)
            variable = name not in self.functions or self.spellings.get(name) == name
            if variable and names.setdefault(key, name) != name:
                raise Malformed(f"{spelling!r} would stand for {names[key]} and for {name}")
            if name in self.functions:
                applied[key] = name
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "applied", applied)


OPEN = Vocabulary({}, open=True)


def vocabulary_for(
    names: Iterable[str],
    functions: Iterable[str] | Mapping[str, int | None] = (),
    notation: str | None = None,
    *,
    open: bool = False,
) -> Vocabulary:
    """The vocabulary of these variables and functions, with every spelling of the notation table.

    With ``notation=None`` both notations are read. Where one spelling would stand for two of the names, a name's own
    spelling wins over the lecture's, the lecture's over the notes', theirs over further ones; on a tie neither is read.
    """
    if notation is not None and notation not in NOTATIONS:
        raise ValueError(f"unknown notation {notation!r}; there are {', '.join(NOTATIONS)}")
    variables = tuple(dict.fromkeys(names))
    arities = dict(functions) if isinstance(functions, Mapping) else dict.fromkeys(functions)
    spelled = _spellings(tuple(dict.fromkeys((*variables, *arities))), notation)
    own = {name: name for name in variables}
    others = {key: name for key, name in spelled.items() if key not in arities or key in own}
    return Vocabulary({**others, **own}, arities, open, SEQUENCES & set(arities))


def _spellings(names: tuple[str, ...], notation: str | None) -> dict[str, str]:
    """Key → name, level by level: what an earlier level has taken, a later one cannot take."""
    levels: list[list[tuple[str, str]]] = [[(name, name) for name in names]]
    for chosen in NOTATIONS if notation is None else (notation,):
        levels.append([(name, getattr(ROLE[name], chosen).as_latex()) for name in names if name in ROLE])
    levels.append([(name, plain_glyph(name).as_latex()) for name in names if name not in ROLE])
    levels.append([(name, spelling) for name in names if name in ROLE for spelling in ROLE[name].spellings])
    levels.append([(name, _VARIANTS[name]) for name in names if name in _VARIANTS])
    levels.append([(name, name.replace("_", "")) for name in names if name.rpartition("_")[2].isdecimal()])
    found: dict[str, str] = {}
    for level in levels:
        claims: dict[str, set[str]] = {}
        for name, spelling in level:
            key = key_of(spelling)
            base = key.partition("_")[0]
            if name == spelling or base in ROLE or base not in names:  # beside a user's x, x_star is not theta_star
                claims.setdefault(key, set()).add(name)
        for key, claimants in claims.items():
            if len(claimants) == 1 and key not in found:
                found[key] = claimants.pop()
    return found
