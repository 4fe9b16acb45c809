"""Properties of a model's parameters and data as Rocq text: in how many directions its outputs change, and the Hessian's rank.

The outputs are functions of the parameters and then of the data; the data are random variables over the outcomes of E.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from derivations.language.terms import Term, subterms
from derivations.rocq.errors import Unsupported

if TYPE_CHECKING:
    from derivations.rocq.writing import Writer

# The names of the properties; they bind the parameters and the data that they list, and speak of nothing else.
OF_MODELS = frozenset(
    {
        "rank_at_least", "rank_at_most", "rank_there", "hessian_rank", "hessian_rank_there", "full_support", "definite_moments",
        "hessian_there", "normal_inputs", "second_moments", "moments",
    }
)  # fmt: skip


def data_of(formulas: Iterable[Term]) -> tuple[Term, ...] | None:
    """The data whose law these formulas speak of; None if they speak of no law. A model may do without data."""
    found: list[Term] | None = None
    for formula in formulas:
        for node in subterms(formula):
            if node.head == "Predicate":
                match node.args[0], node.args[1:]:
                    case (
                        ("full_support" | "definite_moments", [*_, data])
                        | ("normal_inputs" | "second_moments" | "moments", [data, *_])
                        | ("hessian_rank" | "hessian_rank_there" | "hessian_there", [*_, data, _])
                    ):
                        found = [*(found or ()), *data.args]
    return None if found is None else tuple(dict.fromkeys(found))


def property_text(writer: Writer, name: str, args: list[Term]) -> str:
    """The property in Rocq; see theories/Ranks.v. Raises Unsupported where its reason has no words there."""
    match name, args:
        case "full_support", [data]:
            return f"full_support E {data_text(writer, data)}"
        case "definite_moments", [functions, data]:
            return f"definite_moments E {writer.functions(functions, data)} {data_text(writer, data)}"
        case "normal_inputs" | "second_moments", [data, covariances]:
            return f"{name} E {data_text(writer, data)} {writer.matrix(covariances)}"
        case "moments", [data, products, means]:
            about = f"{data_text(writer, data)} {writer.functions(products, data)}"
            return f"moments E {about} {writer.vector(means.args)}"
        case "hessian_there", [matrix, *model, point]:
            about = f"{data_text(writer, model[2])} {outputs_text(writer, model)} {writer.vector(point.args)}"
            return f"hessian_at E {size(model[1])} {about} = {writer.matrix(matrix)}"
        case "rank_at_least", [count, *model]:
            return f"almost_every {size(model[1])} (changes_at_least {whole(count)} {model_text(writer, model)})"
        case "rank_at_most", [count, *model, reason]:
            bound = f"changes_at_most_everywhere {whole(count)} {model_text(writer, model)}"
            return " /\\ ".join([bound, *reason_text(writer, model, reason)])
        case "rank_there", [count, *model, point]:
            return f"changes_exactly {whole(count)} {model_text(writer, model)} {writer.vector(point.args)}"
        case "hessian_rank", [count, _, nullity, *model, reason]:
            rank = f"almost_every {size(model[1])} ({_of_hessian(writer, count, nullity, model)})"
            return " /\\ ".join([rank, *reason_text(writer, model, reason)])
        case "hessian_rank_there", [count, _, nullity, *model, point]:
            return f"{_of_hessian(writer, count, nullity, model)} {writer.vector(point.args)}"
    raise Unsupported(f"the property {name} is not written in Rocq")


def _of_hessian(writer: Writer, count: Term, nullity: Term, model: list[Term]) -> str:
    """The property of theta; the number of parameters is that of the list."""
    numbers = f"{whole(count)} {size(model[1])} {whole(nullity)}"
    return f"hessian_has_rank E {numbers} {data_text(writer, model[2])} {outputs_text(writer, model)}"


def reason_text(writer: Writer, model: list[Term], reason: Term) -> list[str]:
    """What a reason for an upper bound says besides the bound; that there are only so many parameters says no more."""
    match reason.args:
        case ("few_parameters", _):
            return []
        case ("few_coefficients", count):
            return [f"few_coefficients {whole(count)} {model_text(writer, model)}"]
        case ("redundant_directions", count, *fields):
            texts = "; ".join(writer.functions(field, model[1]) for field in fields)
            return [f"redundant_directions {whole(count)} {model_text(writer, model)} [{texts}]"]
    raise Unsupported(f"the reason {reason.args[0]} is not written in Rocq")


def model_text(writer: Writer, model: list[Term]) -> str:
    """How many parameters and data there are, and the outputs."""
    return f"{size(model[1])} {size(model[2])} {outputs_text(writer, model)}"


def outputs_text(writer: Writer, model: list[Term]) -> str:
    outputs, parameters, data = model
    return writer.functions(outputs, Term("Tuple", (*parameters.args, *data.args)))


def data_text(writer: Writer, data: Term) -> str:
    return f"[{'; '.join(writer.names.variable(one.args[0]) for one in data.args)}]"


def size(terms: Term) -> int:
    return len(terms.args)


def whole(term: Term) -> int:
    if term.head != "Number" or term.args[0].denominator != 1 or term.args[0] < 0:
        raise Unsupported("a number of dimensions must be a natural number")
    return int(term.args[0])
