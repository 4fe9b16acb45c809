"""The names that an answer may use: those of the sheet, of the task, and of the notation; and reading with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from derivations.homework.keys import TaskKey
from derivations.homework.sheets import SheetSpec, TaskSpec
from derivations.language.errors import Unusable
from derivations.language.statements import FUNCTION_DOMAINS, VARIABLE_DOMAINS, Symbol, is_function
from derivations.language.terms import Term, free_symbols, subterms
from derivations.reading import Vocabulary, read_formula, vocabulary_for

# The roles that answers speak of where neither the sheet nor the task names any.
DEFAULT = (
    "eta", "lam", "theta", "theta_star", "theta_0", "t: natural", "N: natural", "sigma", "beta", "mu", "kappa", "L_max",
    "theta: sequence", "L: function", "L", "H",
)  # fmt: skip
_ARITY = {"sequence": 1, "random": 1, "family": 1}


@dataclass(frozen=True, slots=True)
class Names:
    """Declared names, and the vocabulary that reads their spellings."""

    symbols: tuple[Symbol, ...]
    vocabulary: Vocabulary

    def formula(self, text: str) -> Term:
        return read_formula(text, self.vocabulary)

    def formulas(self, texts: Iterable[str]) -> tuple[Term, ...]:
        return tuple(self.formula(text) for text in texts)

    def pairs(self, texts: Iterable[str]) -> tuple[tuple[Term, Term], ...]:
        """ "what is written = what it is read as", in which ``any`` stands for whatever there is."""
        found = []
        wide = vocabulary((*self.symbols, Symbol("any", "real")))
        for text in texts:
            term = read_formula(text, wide)
            if term.head != "Eq":
                raise Unusable("a synonym is an equation: what is written = what it is read as", text, (0, len(text)))
            found.append((term.args[0], term.args[1]))
        return tuple(found)

    def declared(self, terms: Iterable[Term]) -> tuple[Symbol, ...]:
        """The symbols, and real variables for what the key itself speaks of and nobody declared."""
        known = {one.name for one in self.symbols if not is_function(one)}
        applied = {one.name for one in self.symbols if is_function(one)}
        further: dict[str, Symbol] = {}
        for term in terms:
            for name in sorted(free_symbols(term) - known):
                further[name] = Symbol(name, "real")
            for node in subterms(term):
                if node.head == "Apply" and node.args[0] not in applied:
                    further[f"{node.args[0]}()"] = Symbol(node.args[0], "function")
        return (*self.symbols, *further.values())


def with_constants(symbols: tuple[Symbol, ...], kinds: Iterable[str]) -> tuple[Symbol, ...]:
    """The symbols, and C and c where a constant is left open, C_1 and the like where several are, unless they are taken."""
    taken, kinds = {one.name for one in symbols}, set(kinds)
    one = ("C", "c") if kinds & {"up-to-scale", "up-to-constant", "property"} else ()
    several = ("C_1", "C_2", "c_1", "c_2") if "property" in kinds else ()
    return (*symbols, *(Symbol(name, "real") for name in (*one, *several) if name not in taken))


def names_of(spec: SheetSpec, task: TaskSpec, further: Iterable[Symbol] = ()) -> Names:
    """The names of a task: an author's key says all of them; a question adds to the sheet's, or to those of the notation.

    ``further`` are names of the problem, where the author has not declared them.
    """
    own = tuple(task.own.get("symbols", ()))
    common = tuple(spec.common.get("symbols", DEFAULT))
    texts = tuple(dict.fromkeys((*common, *own))) if task.question or not own else own
    symbols = tuple(dict.fromkeys(_symbol(text) for text in texts))
    declared = {(one.name, is_function(one)) for one in symbols}
    symbols += tuple(one for one in further if (one.name, is_function(one)) not in declared)
    for one in symbols:
        same = [other for other in symbols if other.name == one.name and is_function(other) == is_function(one)]
        if len(same) > 1:
            said = ", ".join(f"{other.name}: {other.domain}" for other in same)
            raise Unusable(f"{one.name} is declared twice", said, (0, len(said)), "a name has one domain")
    return Names(symbols, vocabulary(symbols))


def _symbol(text: str) -> Symbol:
    name, _, domain = (part.strip() for part in text.partition(":"))
    domain = domain or "real"
    if not name.isidentifier():
        raise Unusable("this is not a name", text, (0, max(len(name), 1)), "a symbol is given as eta, or as t: natural")
    known = (*VARIABLE_DOMAINS, *FUNCTION_DOMAINS)
    if domain not in known and not domain.startswith("index:"):
        start = text.find(domain)
        raise Unusable("this is no domain", text, (start, len(text)), f"there are {', '.join(known)} and index:n")
    return Symbol(name, domain)


def vocabulary(symbols: Iterable[Symbol], open: bool = False) -> Vocabulary:
    """All spellings of these names in both notations."""
    symbols = tuple(symbols)
    functions: Mapping[str, int | None] = {one.name: _ARITY.get(one.domain) for one in symbols if is_function(one)}
    return vocabulary_for([one.name for one in symbols if not is_function(one)], functions, open=open)


def spare_names(key: TaskKey) -> frozenset[str]:
    """The declared names of which the task does not speak: an answer may give them a meaning of its own."""
    terms = [*key.hypotheses, *(meaning for _, meaning in key.synonyms)]
    for part in key.parts:
        terms += [one for one in (part.key, *part.accept, *part.subjects) if isinstance(one, Term)]
    said = frozenset(node.args[0] for term in terms for node in subterms(term) if node.head in ("Symbol", "Apply", "Derivative"))
    said |= {str(part.settings[name]) for part in key.parts for name in ("variable", "fixed") if name in part.settings}
    return frozenset(one.name for one in key.symbols) - said
