"""An instance: one value of a variable for which the key's condition holds, as a counterexample to a claim is."""

from __future__ import annotations

from derivations.homework.deciding.setting import Setting
from derivations.homework.keys import Part
from derivations.homework.verdicts import Evidence, Finding
from derivations.language.ascii import ascii_text
from derivations.language.terms import Term, free_symbols, substitute


def decide(part: Part, said: Term, setting: Setting) -> Finding:
    """Right if the kernel proves the condition at the value, wrong if it proves that the condition fails there."""
    name = str(part.settings["variable"])
    value = _value(said, name)
    if value is None or not isinstance(part.key, Term):
        return Finding("undecided", f"one value of {name} was expected")
    claim = substitute(part.key, {name: value})
    at, text = {name: ascii_text(value)}, ascii_text(part.key)
    if free_symbols(claim):
        return Finding("undecided", f"the value of {name} depends on something else")
    if setting.proves(claim, "signs"):
        return Finding("correct", f"{name} = {at[name]} is such a value",
                       Evidence("proof", ascii_text(claim), at, rules=("signs",), status="proved"), 1.0)  # fmt: skip
    if setting.proves(Term("Not", (claim,)), "signs"):
        values = {"answer": "True", "key": "False"}
        evidence = Evidence("counterexample", ascii_text(claim), at, "True", text, values, detail=f"there {text} does not hold")
        return Finding("incorrect", f"{name} = {at[name]} is no such value", evidence)
    return Finding("undecided", f"whether {name} = {at[name]} is such a value could not be decided")


def _value(said: Term, name: str) -> Term | None:
    if said.head in ("Eq", "Approx"):
        left, right = said.args
        value: Term | None = right if left == Term("Symbol", (name,)) else left if right == Term("Symbol", (name,)) else None
        return value
    return said if not free_symbols(said) and said.head not in ("Tuple", "Set", "Matrix") else None
