"""Models of one's own: f(theta; x) from a TOML file, by its parameters, its data and its output.

Names stand for numbers, or for matrices where their sizes are given: ``parameters = { W = "3x2", v = "3" }``,
``data = { x = "2" }``, ``output = "transpose(v)*W*x"``. The entries are then called W_1_1, …, v_1, …, x_1, …
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from derivations.language.ascii import CALLS, CONSTANTS
from derivations.language.errors import Malformed, Unusable
from derivations.language.matrices import Rows, entry_of, rows_of
from derivations.language.terms import Term, free_symbols, substitute
from derivations.problems.losses import refuse_unsupported
from derivations.problems.models import MAX_PARAMETERS, Block, Model, matrix_block, require_polynomial
from derivations.reading import read_expression, vocabulary_for

KEYS = ("name", "parameters", "data", "gates", "output", "outputs")


def read_file(path: str) -> Model:
    """The model that a TOML file describes. Raises Unusable, quoting and pointing."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Unusable("there is no such file", path, (0, len(path))) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"this file cannot be read: {error}", path, (0, len(path))) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(path, text, str(error)) from None
    return model_from(data, path)


def _no_toml(path: str, text: str, said: str) -> Unusable:
    """The error with the line that it is about."""
    found = re.search(r"\(at line (\d+), column (\d+)\)", said)
    lines = text.split("\n")
    row = min(int(found[1]), len(lines)) - 1 if found else max((i for i, line in enumerate(lines) if line.strip()), default=0)
    column = int(found[2]) - 1 if found else len(lines[row])
    start = sum(len(line) + 1 for line in lines[:row]) + column
    return Unusable(f"{path}, line {row + 1}, is no TOML: {said.split(' (at ', maxsplit=1)[0]}", text, (start, start + 1))


def model_from(data: Mapping[str, Any], source: str = "") -> Model:
    """A model from its ``parameters``, ``data`` and ``output`` (or ``outputs``). Raises Unusable, quoting and pointing."""
    unknown = sorted(set(data) - set(KEYS))
    if unknown:
        near = get_close_matches(unknown[0], KEYS, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else "it has parameters, data, gates and output"
        raise _refused(f"a model has no {unknown[0]!r}", unknown[0], hint)
    parameters, inputs, gates = (_declared(data, key) for key in ("parameters", "data", "gates"))
    if not parameters:
        raise Unusable("the model has no parameters", source, None, 'write parameters = ["u", "v"]')
    _require_distinct((*parameters, *inputs, *gates))
    own, given = _names(parameters), _names((*inputs, *gates))
    outputs = [entry for one in _texts(data, source) for entry in _entries(one, (*parameters, *inputs, *gates), given)]
    blocks = tuple(block for block in parameters if block.names != (block.name,))
    return Model(own, given, tuple(outputs), blocks, _names(gates), source)


def _names(blocks: Iterable[Block]) -> tuple[str, ...]:
    return tuple(name for block in blocks for name in block.names)


def _refused(message: str, quoted: str, hint: str) -> Unusable:
    return Unusable(message, quoted, (0, len(quoted)), hint)


def _texts(data: Mapping[str, Any], source: str) -> list[str]:
    texts = data.get("outputs", data.get("output"))
    texts = [texts] if isinstance(texts, str) else texts
    if not isinstance(texts, list) or not texts or not all(isinstance(one, str) for one in texts):
        raise Unusable("the model has no output", source, None, 'write output = "u*v*x"')
    return texts


def _declared(data: Mapping[str, Any], key: str) -> list[Block]:
    """Names of numbers in a list, or names with sizes in a table."""
    found, example = data.get(key, []), f'write {key} = ["u", "v"], or {key} = {{ W = "3x2", v = "3" }} with matrices'
    if isinstance(found, Mapping):
        return [_sized(name, size, example) for name, size in found.items()]
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise _refused(f"{key} should be a list of names", str(found), example)
    return [_scalar(_usable(one, example)) for one in found]


def _usable(name: str, example: str) -> str:
    if not name.isidentifier() or name.startswith("_"):
        raise _refused(f"{name!r} is no name", name, example)
    try:
        vocabulary_for([name], open=True)
    except Malformed:
        raise _refused(f"{name!r} is a word of formulas, and no name", name, f"call it {name}_1, for example") from None
    if name in CONSTANTS | CALLS:
        raise _refused(f"the name {name!r} means something else already", name, f"call it {name.lower()}_1, for example")
    return "lam" if name == "lambda" else name  # a word of Python, and so none of the text of answers


def _sized(name: str, size: object, example: str) -> Block:
    match = re.fullmatch(r"([1-9][0-9]{0,3})(?:\s*[x×]\s*([1-9][0-9]{0,3}))?", size.strip()) if isinstance(size, str) else None
    if match is None:
        raise _refused(f"the size of {name} should be rows x columns, or one number for a vector", str(size), example)
    rows, columns = int(match[1]), int(match[2] or 1)
    if rows * columns > MAX_PARAMETERS:
        raise _refused(f"{name} would have {rows * columns:,} entries; at most {MAX_PARAMETERS:,} are treated", match[0], example)
    own = _usable(name, example)
    return _scalar(own) if rows == columns == 1 else matrix_block(own, rows, columns)


def _scalar(name: str) -> Block:
    return Block(name, 1, 1, (name,))


def _require_distinct(blocks: Sequence[Block]) -> None:
    """Raises Unusable where a name stands for two things, be it a declared name or that of an entry."""
    taken: dict[str, str] = {}
    for block in blocks:
        for name in dict.fromkeys((block.name, *block.names)):
            if name in taken:
                what = "stands twice" if taken[name] == block.name else f"is an entry of {taken[name]}, too"
                raise _refused(f"{name!r} {what}", name, "a name is that of a parameter, or of the data, once")
            taken[name] = block.name
    if sum(len(block.names) for block in blocks) > 2 * MAX_PARAMETERS:
        raise Unusable(f"these are too many names; at most {MAX_PARAMETERS:,} parameters are treated")


def _entries(text: str, blocks: Sequence[Block], given: Sequence[str]) -> Sequence[Term]:
    """The output's entries, row by row, as polynomials in the entries of its matrices."""
    entries = {name for block in blocks for name in block.names}
    matrices = {block.name: block for block in blocks if block.names != (block.name,)}
    known = entries | set(matrices)
    body = read_expression(text, vocabulary_for(known, open=True))
    for name in sorted(free_symbols(body) - known):
        start = max(text.find(name), 0)
        hint = "write transpose(W) for the transpose of W" if name == "T" else "declare it"
        raise Unusable(f"{name!r} is neither a parameter nor data", text, (start, start + len(name)), hint)
    used = {name: matrices[name] for name in free_symbols(body) & set(matrices)}
    if not used:
        refuse_unsupported(body, text, "a model")
        require_polynomial(body, text, given)
        return [body]
    rows = {name: Term("Matrix", tuple(Term("Tuple", tuple(block.entry(i, j) for j in range(block.columns)))
            for i in range(block.rows))) for name, block in used.items()}  # fmt: skip
    whole = substitute(body, rows)
    try:
        found: Rows = rows_of(whole, {}) or ((entry_of(whole, {}),),)
    except Malformed as error:
        sizes = ", ".join(f"{name} is {block.rows}x{block.columns}" for name, block in used.items())
        raise Unusable(f"{error}: {sizes}", text, (0, len(text)), "a vector is a column; transpose(v) is a row") from error
    for entry in (entry for row in found for entry in row):
        refuse_unsupported(entry, text, "a model")
        require_polynomial(entry, text, given)
    return [entry for row in found for entry in row]
