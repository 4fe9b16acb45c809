"""Spec.v says what the catalogue proves: of every certified result, word for word, under hypotheses that are used and can hold.

The k-th hypothesis of a statement in Spec.v is the k-th one of the emitted theorem. Each of them is taken away, from both, and
from the proof's introductions; coqc must then refuse some step. Where it accepts, the theorem holds without the hypothesis.
That all of them can hold at once is proved by an example: a theorem about nothing would be certified as readily.
The examples with noise are prepared in white_noise.v, those with inputs of a law in full_support.v.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from derivations.catalogue.discovery import index, record
from derivations.rocq.emit import HEAD, rocq_name
from derivations.rocq.library import sources, spec_names, strip_comments
from derivations.rocq.runner import Workplace, forbidden

from .helpers import emitted_file
from .test_certify import NOT_STATED_YET

# Hypotheses that a proof does not use, and why they are stated nevertheless.
STRENGTHENINGS: dict[tuple[str, str], str] = {}
# The hypotheses that are taken away in the ordinary run; the others are in the long one.
SAMPLE = frozenset(
    {
        ("gd_regimes", "theta is made by descent"),
        ("gd_regimes", "not started at the minimum"),
        ("gd_newton_step", "there is curvature"),
        ("gd_linearised_recurrence", "L'' exists and is continuous"),
        ("gd_linearised_recurrence", "theta_star is critical"),
        ("gd_spectral_ranges", "mu is positive"),
        ("hessian_conditions", "v i has length 1"),
        ("flow_conserved", "theta_2 flows"),
        ("sgd_stationary_variance", "E is an expectation"),
        ("sgd_stationary_variance", "so is the noise"),
        ("sgd_minibatch_variance", "they know nothing of the start"),
        ("rank_polynomial", "they tell polynomials apart"),
    }
)
SPEC = sources()["Spec"]
HYPOTHESIS = re.compile(r"^  \(\* (?P<says>.+?) *\*\)\s+(?P<formula>.+) ->$", re.MULTILINE)


# --- the two texts of a statement -----------------------------------------------------------------------------------


def specified(name: str) -> str:
    """The statement in Spec.v, with its comments."""
    found = re.search(rf"^Definition {name} : Prop :=\n(.*?\.)\n(?:\n|\Z)", SPEC, re.MULTILINE | re.DOTALL)
    assert found, name
    return found[1]


def spoken(name: str) -> list[str]:
    """What the comments call the hypotheses."""
    return [found["says"] for found in HYPOTHESIS.finditer(specified(name))]


@cache
def emitted(name: str) -> str:
    """The file that is emitted for the result."""
    (result,) = [row["id"] for row in index() if rocq_name(row["id"]) == name]
    return emitted_file(result)


def stated(text: str) -> str:
    """The statement in an emitted file."""
    found = re.search(r"^Theorem \w+ :\n(.*?)\.\nProof\.$", text, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def arrows(statement: str) -> list[str]:
    """The lines of an emitted statement that end in a hypothesis."""
    return [line for line in statement.splitlines() if line.endswith(" ->")]


def emitted_without(text: str, k: int) -> str:
    """The emitted file without its hypothesis number k, which is not introduced either."""
    line = arrows(stated(text))[k]
    binders = re.match(r" *forall .*\), (?=expectation V E ->$)", line)  # of the outcomes and the expectation
    text = text.replace(f"{line}\n", f"{binders[0]}\n" if binders else "", 1)
    if binders:
        before, after = "intros Omega V E HE.", "intros Omega V E."
    else:
        before, after = f"  intros {introduced(line)}.\n", ""
    assert text.count(before) == 1, before
    return text.replace(before, after)


def introduced(line: str) -> str:
    """The name that the proof gives to the hypothesis on this line of an emitted statement."""
    if label := re.match(r" *\(\* (\w+) \*\)", line):
        return label[1]
    if bound := re.match(r" *\(1 <= (\S+) <= \S+\)%nat ->$", line):
        return f"B{bound[1]}"
    random = re.match(r" *\(forall .*, V \((\S+)( \S+)+\)\) ->$", line)
    assert random, line
    return f"M{random[1]}"


def _random_by_definition(line: str) -> bool:
    """Whether this line of a proof shows, before the first step, that what is defined is a random variable."""
    return re.match(r"  intros \w+\. .*assert \(M\w+ : forall .*, V \(", line) is not None


def specified_without(name: str, k: int) -> str:
    found = list(HYPOTHESIS.finditer(specified(name)))[k]
    return specified(name)[: found.start()] + specified(name)[found.end() + 1 :]


# --- asking coqc ----------------------------------------------------------------------------------------------------


def error(place: Workplace, file: str, text: str) -> tuple[int, str] | None:
    """The line and the words of coqc's first error; nothing if it accepts the text."""
    path: Path = place.results / f"{file}.v"
    path.write_text(text, encoding="utf-8")
    done = place._run(path, 120)
    if not done.returncode:
        return None
    where = re.search(r"line (\d+), characters", done.stderr)
    assert where, f"no error of coqc: {done.stderr}"
    return int(where[1]), done.stderr.partition("Error:")[2].strip()


def same(one: str, other: str, fail: str = "") -> str:
    return f"{fail}Check (fun proof : {one} => proof : {other})."


# --- every certified result is stated, and the statement is the emitted one -----------------------------------------


def test_every_certified_result_is_stated() -> None:
    certified = {name for name, row in record()["results"].items() if row["certified"]}
    assert {rocq_name(name) for name in certified - set(NOT_STATED_YET)} <= spec_names()


def test_every_statement_is_of_a_result() -> None:
    assert spec_names() <= {rocq_name(row["id"]) for row in index()}


@pytest.mark.parametrize("name", sorted(spec_names()))
def test_hypotheses_stand_on_lines_of_their_own(name: str) -> None:
    assert len(spoken(name)) == len(arrows(stated(emitted(name))))
    assert len(set(spoken(name))) == len(spoken(name))


@pytest.mark.parametrize("name", sorted(spec_names()))
def test_statement_is_the_emitted_one(workplace: Workplace, name: str) -> None:
    """Word for word, up to definitions; and so it is without the k-th hypothesis on both sides."""
    text = emitted(name)
    lines = [HEAD, "From Derivations Require Import Spec.", f"Definition whole : Prop :=\n{stated(text)}."]
    lines.append(same("whole", f"Spec.{name}"))
    for k in range(len(spoken(name))):
        lines += [
            f"Definition emitted_{k} : Prop :=\n{stated(emitted_without(text, k))}.",
            f"Definition specified_{k} : Prop :=\n{specified_without(name, k)}",
            same(f"emitted_{k}", f"specified_{k}"),
            same(f"emitted_{k}", f"Spec.{name}", "Fail "),
        ]
    assert error(workplace, f"same_{name}", "\n".join(lines)) is None


# --- no hypothesis too many -----------------------------------------------------------------------------------------


def _hypotheses() -> Iterator[object]:
    for name in sorted(spec_names()):
        for says in spoken(name):
            marks = () if (name, says) in SAMPLE else pytest.mark.long
            yield pytest.param(name, says, id=f"{name}-{says.replace(' ', '_')}", marks=marks)


def test_lists_name_hypotheses() -> None:
    assert set(STRENGTHENINGS) | SAMPLE <= {(name, says) for name in spec_names() for says in spoken(name)}


@pytest.mark.parametrize(("name", "says"), list(_hypotheses()))
def test_without_a_hypothesis(workplace: Workplace, name: str, says: str) -> None:
    k = spoken(name).index(says)
    text = emitted_without(emitted(name), k)
    found = error(workplace, f"{name}_without_{k}", text)
    if found is None:
        assert (name, says) in STRENGTHENINGS, "coqc accepts the proof without this hypothesis"
        return
    line, words = found
    first_step = text[: text.index("  (* (1) ")].count("\n")
    about_the_proof = line > first_step or _random_by_definition(text.splitlines()[line - 1])
    assert about_the_proof, f"this is not about the proof: {words}"
    assert (name, says) not in STRENGTHENINGS, "the hypothesis is used by now"


# --- the hypotheses do not contradict each other --------------------------------------------------------------------

# An example of each statement's hypotheses: values for its variables, and a proof of each hypothesis. A learning rate of zero is
# enough where there is no noise; these examples show that the statements speak of something, not that they are interesting.
_STILL = "(fun _ => 1) 0 1 0"
_ONE_DIRECTION = "1%nat (fun _ _ => 1) (fun _ => 0) (fun _ _ => 1) (fun _ _ => 1) (fun _ => 1) 0"
_FLOW = (
    "intros tau; unfold partial_1, partial_2; rewrite (Derive_ext _ (fun _ => 0)) by (intros; ring); "
    "rewrite Derive_const, Ropp_0; exact (is_derive_const 0 tau)"
)
_AT_ORIGIN = "intros tau; apply derive_value with 0; [exact (is_derive_const 0 tau) | ring]"
_AT_ONE = "intros tau; apply derive_value with 0; [exact (is_derive_const 1 tau) | ring]"
_ZEROS = ["(fun _ => 0) " * n for n in range(13)]  # so many functions
_DESCENT, _SUM = "intros t; ring", "unfold among, inner, of_unit_length in *; simpl; "
_NO_STEP = "(fun _ a _ => a) (fun t _ b => match t with O => b | S _ => 0 end)"
_NO_STEPS = ("intros; ring", "intros; ring", "reflexivity", "reflexivity")
_ALONG_IT = ("intros t k _; ring", "intros i _ j _; reflexivity", f"intros i _ j _; {_SUM}ring", f"intros i _; {_SUM}lra")
_PRODUCT = (
    "assert (D1 : forall a b, partial_1 (fun x y => x * y) a b = b) by "
    "(intros a b; unfold partial_1; apply is_derive_unique; auto_derive; [exact I | ring]); "
    "assert (D2 : forall a b, partial_2 (fun x y => x * y) a b = a) by "
    "(intros a b; unfold partial_2; apply is_derive_unique; auto_derive; [exact I | ring]); "
)
_TURN = f"{_PRODUCT}intros t; rewrite ?D1, ?D2; simpl; ring"
_AT_REST = f"{_PRODUCT}intros tau; rewrite ?D1, ?D2, ?Ropp_0; exact (is_derive_const 0 tau)"
_VALLEY = (
    "assert (D1 : forall a b, partial_1 (fun x y => x ^ 2 + 5 * y ^ 2) a b = 2 * a) by "
    "(intros a b; unfold partial_1; apply is_derive_unique; auto_derive; [exact I | ring]); "
    "assert (D2 : forall a b, partial_2 (fun x y => x ^ 2 + 5 * y ^ 2) a b = 10 * b) by "
    "(intros a b; unfold partial_2; apply is_derive_unique; auto_derive; [exact I | ring]); "
    "intros t; rewrite ?D1, ?D2; simpl; field"
)
_BOWL = (
    "assert (D1 : forall a b, partial_1 (fun x y => (x ^ 2 + 1 * y ^ 2) / 2) a b = a) by "
    "(intros a b; unfold partial_1; apply is_derive_unique; auto_derive; [exact I | field]); "
    "assert (D2 : forall a b, partial_2 (fun x y => (x ^ 2 + 1 * y ^ 2) / 2) a b = b) by "
    "(intros a b; unfold partial_2; apply is_derive_unique; auto_derive; [exact I | field]); "
    "intros t; try intros z; rewrite ?D1, ?D2; "
)
_NEWTON = (
    "intros t a b; rewrite (is_derive_unique (fun x => 5 * x ^ 2) _ (10 * fst (Nat.iter t turn (a, b)))); "
    "[simpl; field | auto_derive; [exact I | ring]]"
).replace("turn", "(fun p => (1 / 2 * snd p, 1 / 2 * snd p - fst p))")
_FACTORED = (
    "assert (D : forall k a b, Derive (fun u => (u * k - b) ^ 2 / 2) a = (a * k - b) * k) by "
    "(intros k a b; apply is_derive_unique; auto_derive; [exact I | field]); "
    "assert (D11 : forall a b, partial_11 (fun v w => (v * w - 1) ^ 2 / 2) a b = b * b) by "
    "(intros a b; unfold partial_11; simpl; rewrite (Derive_ext _ _ _ (fun u => D b u 1)); "
    "apply is_derive_unique; auto_derive; [exact I | ring]); "
    "assert (D12 : forall a b, partial_12 (fun v w => (v * w - 1) ^ 2 / 2) a b = 2 * a * b - 1) by "
    "(intros a b; unfold partial_12; rewrite (Derive_ext _ _ _ (fun v => D v a 1)); "
    "apply is_derive_unique; auto_derive; [exact I | ring]); "
    "assert (D22 : forall a b, partial_22 (fun v w => (v * w - 1) ^ 2 / 2) a b = a * a) by "
    "(intros a b; unfold partial_22; simpl; rewrite (Derive_ext _ (fun u => (u * a - 1) * a)) by "
    "(intros u; rewrite <- D; apply Derive_ext; intros; field); "
    "apply is_derive_unique; auto_derive; [exact I | ring]); "
    "intros t; rewrite ?D11, ?D12, ?D22, sqrt_1; destruct t; field"
)
_SCALED = "apply (random_mult average_is_expectation (fun _ => _) _ (random_const average_is_expectation _)); "
_CENTRED = "rewrite average_scal, noise_centred by apply noise_is_random; ring"


def _one_of_two(i: str, bounds: str) -> str:
    return f"assert ({i} = 1 \\/ {i} = 2)%nat as [-> | ->] by (unfold among in {bounds}; lia)"


_GRID = "nat grid_variable grid_mean grid_is_expectation"
_WORLD, _NOT_ZERO = "outcome settled average average_is_expectation", ("lra", "lra", "lra")
_MOTION = "(1/2) (1/3) 3 5 (noise 2)"
_STEP_OF_MOTION = (
    "intros w t; rewrite (is_derive_unique _ _ (3 * (fst (motion (1/2) (1/3) 3 5 (noise 2) t w) - 5))); "
    "[unfold position, memory; cbn [motion fst snd]; ring "
    "| unfold position, quadratic_loss; auto_derive; [exact I | field]]"
)
_NOISELESS = "(fun t a b => fst (noiseless (1/2) (1/3) 3 t a b)) (fun t a b => snd (noiseless (1/2) (1/3) 3 t a b))"
_NOISELESS_STEP = "intros t a b; unfold noiseless; simpl; ring"
_START_OF_MOTION = f"intros t; unfold position, memory; cbn [motion fst snd]; {_CENTRED}"
_RANDOM_MOTION = ("apply motion_is_random, noise_is_random",) * 2 + ("apply noise_is_random",)
_NOISY_MOTION = ("intros w t; unfold position, memory; cbn [motion fst snd]; ring",) * 2
_ONES, _ALL_ONE = "(fun _ => 1)", "(fun _ _ => 1)"
_THE_ONLY_ENTRY = (
    "intros i Bi r Br; unfold among in *; replace i with 1%nat by lia; replace r with 1%nat by lia; rewrite delta_refl; "
    "unfold inner; simpl; ring"
)
_ONE_UNIT = f"1%nat 1%nat {_ONES} {_ALL_ONE}"

EXAMPLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "gd_linearised_recurrence": (
        "(fun _ s => s) 0 0 (fun _ => 0) 0 (fun _ => 0)",
        ("intros t s; unfold descent_map; ring", _DESCENT, "apply smooth_const", "apply Derive_const", "reflexivity", "ring"),
    ),
    "gd_regimes": (_STILL, (_DESCENT, "lra")),
    "gd_newton_step": (_STILL, (_DESCENT, "lra", "lra")),
    "gd_border": ("0 0 0 1", ("lra", "lra")),
    "gd_spectral_ranges": (
        f"{_ONE_DIRECTION} 1 1 1%nat",
        (f"{_SUM}lia", *_ALONG_IT, "lra", "intros; lra", "intros; lra", "reflexivity"),
    ),
    "gd_regimes_several": ("0 (fun _ => 1) (fun _ => 1)", (_DESCENT, _DESCENT, "lra", "lra")),
    "hessian_conditions": (_ONE_DIRECTION, (*_ALONG_IT, f"intros i _; {_SUM}ring")),
    "flow_conserved": ("(fun _ => 0) (fun _ => 0)", (_FLOW, _FLOW)),
    "model_conserved": (_ZEROS[12], (_AT_ORIGIN,) * 8),
    "gd_conserved_drift": ("0 (fun _ => 0) (fun _ => 0) 0", (_DESCENT, _DESCENT)),
    "model_conserved_drift": (f"1 {_ZEROS[12]}", (_DESCENT,) * 8),
    "model_weight_decay": (f"1 {_ZEROS[8]}", (_AT_ORIGIN,) * 4),
    "model_momentum": (f"1 {_ZEROS[12]}", (*(_AT_ORIGIN,) * 9, *("reflexivity", _AT_ORIGIN) * 2, "reflexivity")),
    "method_form": (f"{_NO_STEP} 0 0 0 0", _NO_STEPS),
    "bias_mirror": (
        "1 (fun _ => 1) (fun _ => 1) (fun _ => 0) (fun _ => 0)",
        (_AT_ORIGIN, "reflexivity", *(_AT_ONE, "reflexivity") * 2, "lra"),
    ),
    "rank_linear": (f"{_ONE_UNIT} {_ALL_ONE} {_ALL_ONE} {_ONES} {_ALL_ONE} 1", (_THE_ONLY_ENTRY, "simpl; ring")),
    "rank_linear_wide": (f"{_ONE_UNIT} {_ALL_ONE} {_ALL_ONE} {_ONES} {_ALL_ONE} {_ALL_ONE}", (_THE_ONLY_ENTRY,) * 2),
    "spectrum_smallest": (f"{_ONE_UNIT} {_ALL_ONE} 1 {_ONES}", (_THE_ONLY_ENTRY,)),
    "spectrum_uncorrelated": (
        f"1%nat 1%nat 1%nat {_ALL_ONE} {_ALL_ONE} {_ALL_ONE} {_ALL_ONE} 1%nat {_ALL_ONE} {_ONES} 1%nat {_ALL_ONE} {_ONES} 1 1 1 1",
        (*("unfold among; lia",) * 2, *("intros c _ i _; unfold inner; simpl; ring", _THE_ONLY_ENTRY) * 2),
    ),
    "spectrum_linear": (
        f"{_WORLD} {_ONE_UNIT} {_ALL_ONE} {_ALL_ONE} {_ONES} {_ALL_ONE} {_ONES} {_ALL_ONE} 1 {_ONES} 1 {_ALL_ONE} {_ONES}",
        (
            "intros i; apply (random_const average_is_expectation)",
            "intros i _ r _; rewrite (expectation_ext average_is_expectation _ (fun _ => 1)) by (intros; ring); "
            "apply (expectation_one average_is_expectation)",
        ),
    ),
    "rank_polynomial": (f"{_GRID} grid_x grid_y", ("exact grid_inputs", "exact grid_suffices")),
    "gd_exponential_law": ("(fun _ => 1) 0 1 0 0", (_DESCENT,)),
    "heavy_ball_stability": (f"{_NO_STEP} 0 0 0 0", _NO_STEPS),
    "heavy_ball_optimal_rate": (f"{_NO_STEP} 0 0 0 0 1 2 0", (*_NO_STEPS, "lra", "lra")),
    "sgd_stationary_variance": (
        f"{_WORLD} (theta 7 (1/2) 3 5 (noise 2)) (noise 2) (1/2) 3 5 2",
        (
            "apply theta_is_random, noise_is_random",
            "apply noise_is_random",
            "apply theta_descends",
            "exact (noise_centred 2)",
            "exact (noise_white 2)",
            "intros t; apply start_is_uncorrelated; [apply noise_is_random | apply noise_centred]",
            *_NOT_ZERO,
        ),
    ),
    "sgd_minibatch_variance": (
        f"{_WORLD} (theta 7 (1/2) 3 5 (mean_of 4 (noises 2))) (1/2) 3 5 2 4%nat (noises 2)",
        (
            "apply theta_is_random, mean_is_random",
            "intros t i; apply noise_is_random",
            "apply theta_descends",
            "simpl; lra",
            "exact (noises_centred 4 2)",
            "exact (noises_white 4 2)",
            "intros t i _; apply start_is_uncorrelated; [apply noise_is_random | apply noise_centred]",
            *_NOT_ZERO,
        ),
    ),
    "saddle_escape": (
        "(fun t => 2 ^ t) 1 1 0 1",
        (
            "intros t; rewrite (is_derive_unique _ _ (- 2 ^ t)); [simpl; ring | auto_derive; [exact I | field]]",
            "lra", "lra", "lra", "simpl; lra",
        ),
    ),
    "gd_backward_error": (
        "0 (fun _ => 0) 0 (fun _ => 0) 0",
        (
            "apply smooth_const", "apply smooth_const",
            "intros tau; rewrite (Derive_ext (fun x => 0 + 0 * 0 * Derive (fun _ => 0) x ^ 2) (fun _ => 0)); "
            "[rewrite !Derive_const; ring | intros; ring]",
            "lra", "intros tau _; rewrite Derive_n_const, Rabs_R0; apply Rle_refl",
        ),
    ),
    "game_extragradient": (
        "1 (fun _ => 0) (fun _ => 0) (fun t => fst (Nat.iter t (fun p => (- snd p, fst p)) (1, 0))) "
        "(fun t => snd (Nat.iter t (fun p => (- snd p, fst p)) (1, 0)))",
        (*(_TURN,) * 2, "lra", *(_AT_REST,) * 2, "simpl; lra"),
    ),
    "method_iterates": ("(fun t => 5 * (7 / 10) ^ t) (fun t => (- (1 / 2)) ^ t)", (_VALLEY, _VALLEY, "simpl; ring", "reflexivity")),
    "gd_multipliers": ("(fun _ => 0) (fun _ => 0)", (_VALLEY, _VALLEY)),
    "gd_conditioning": ("0 (fun _ => 1) (fun _ => 1)", (_DESCENT, _DESCENT)),
    "gd_slower_direction": ("0 (fun _ => 1) (fun _ => 1)", (_DESCENT, _DESCENT)),
    "heavy_ball_roots": (
        "(fun t a b => fst (Nat.iter t (fun p => (1 / 2 * snd p, 1 / 2 * snd p - fst p)) (a, b))) "
        "(fun t a b => snd (Nat.iter t (fun p => (1 / 2 * snd p, 1 / 2 * snd p - fst p)) (a, b))) (1/2) 0 0",
        (_NEWTON, _NEWTON, "lra", "lra", "reflexivity", "reflexivity"),
    ),
    "line_search_zigzag": (
        "1 (fun _ => 1) (fun t => match t with O => 1 | S _ => 0 end) (fun t => match t with O => 1 | S _ => 0 end)",
        (
            f"{_BOWL}destruct t; ring", f"{_BOWL}destruct t; ring", "lra",
            f"{_BOWL}destruct t; [pose proof (pow2_ge_0 (1 - z * 1)) | pose proof (pow2_ge_0 (0 - z * 0))]; lra",
            "reflexivity", "reflexivity",
        ),
    ),
    "gd_error_recurrence": ("1 0 1 0 0 0 (fun _ => 1) (fun _ => 1)", (_DESCENT, _DESCENT, "lra")),
    "game_bilinear": (
        "1 (fun _ => 0) (fun _ => 0) (fun t => fst (Nat.iter t (fun p => (fst p - snd p, snd p + fst p)) (1, 0))) "
        "(fun t => snd (Nat.iter t (fun p => (fst p - snd p, snd p + fst p)) (1, 0))) (fun _ => 0) (fun _ => 0)",
        (*(_TURN,) * 4, "lra", *(_AT_REST,) * 2, "simpl; lra"),
    ),
    "saddle_noisy_escape": (
        f"{_WORLD} (theta 7 (1/2) (- 3) 5 (noise 2)) (noise 2) (1/2) 3 5 2 1",
        (
            "apply theta_is_random, noise_is_random",
            "apply noise_is_random",
            "intros w t; rewrite (Derive_ext _ (quadratic_loss (- 3) 5)) by (intros x; unfold quadratic_loss; field); "
            "apply theta_descends",
            "lra", "lra",
            "exact (noise_centred 2)",
            "exact (noise_white 2)",
            "intros t; apply start_is_uncorrelated; [apply noise_is_random | apply noise_centred]",
            "lra",
        ),
    ),
    "implicit_regimes": (_STILL, (_DESCENT, "lra", "lra")),
    "gd_edge_of_stability": ("1", ("lra",)),
    "gd_sharpness_of_minima": (
        "(1/2) 1 1 (fun t => match t with O => 1 | S _ => 0 end) (fun t => match t with O => 1 | S _ => 0 end)",
        (_FACTORED, _FACTORED, "lra", "lra", "lra", "lra"),
    ),
    "gd_optimal_rate": ("0%nat (fun _ => 1) 0 1 0 1 2 0", (_DESCENT, "lra", "lra")),
    "nesterov_optimal_rate": (f"{_NO_STEP} 0 0 0 0 1 2 0", (*_NO_STEPS, "lra", "lra", "lra")),
    "heavy_ball_regimes": (f"{_NO_STEP} 0 0 0 0", _NO_STEPS),
    "sgd_without_replacement": (
        f"{_WORLD} (theta 7 (1/2) 3 5 (fun t w => fsum 1 2 (fun i => (2 - INR i) * ((3 - 2 * INR i) * noise 2 t w)) / INR 1)) "
        "(1/2) 3 5 2 1%nat 2%nat (fun t i w => (3 - 2 * INR i) * noise 2 t w) (fun i => 2 - INR i) (- 4)",
        (
            "apply theta_is_random; intros t; apply (random_div average_is_expectation), (random_fsum average_is_expectation); "
            f"intros i _; {_SCALED}{_SCALED}apply noise_is_random",
            f"intros t i; {_SCALED}apply noise_is_random",
            "apply theta_descends",
            *("simpl; lra",) * 3,
            f"intros i B; {_one_of_two('i', 'B')}; simpl; ring",
            "simpl; ring",
            "intros w t; simpl; ring",
            "intros s t i B j C; "
            "rewrite (average_ext _ (fun w => (3 - 2 * INR i) * (3 - 2 * INR j) * (noise 2 s w * noise 2 t w))) "
            "by (intros w; ring); rewrite average_scal, noise_white by (apply (random_mult average_is_expectation); "
            f"apply noise_is_random); {_one_of_two('i', 'B')}; {_one_of_two('j', 'C')}; "
            "rewrite ?delta_refl, ?(delta_neq 1 2), ?(delta_neq 2 1) by lia; simpl; ring",
            f"intros t i _; {_CENTRED}",
            f"intros t i _; apply start_is_uncorrelated; [{_SCALED}apply noise_is_random | {_CENTRED}]",
            *_NOT_ZERO,
        ),
    ),
    "sgd_averaging": (
        f"{_WORLD} (theta 7 (1/2) 3 5 (noise 2)) (noise 2) (1/2) 3 5 2",
        (
            "apply theta_is_random, noise_is_random",
            "apply noise_is_random",
            "apply theta_descends",
            "exact (noise_centred 2)",
            "exact (noise_white 2)",
            "intros t; apply start_is_uncorrelated; [apply noise_is_random | apply noise_centred]",
        ),
    ),
    "sgd_multiplicative": (
        f"{_WORLD} 2%nat (theta 7 (1/2) 1 5 (pairs_error 2 2)) (fun _ _ _ => 1) (noises 2) 2 1 (1/2) 1 5",
        (
            "apply theta_is_random, pairs_error_is_random",
            "intros t i; apply (random_const average_is_expectation)",
            "intros t i; apply noise_is_random",
            "intros w t; cbn [theta]; unfold pairs_error, mean_of; simpl; field",
            "simpl; lra", "lra", "lra",
            "intros t i _; apply average_with_one; intros w; ring",
            "intros t i _; rewrite (average_ext _ (fun _ => 1)) by (intros w; ring); exact average_one",
            f"intros t i _; unfold noises; {_CENTRED}",
            "intros t i _; apply average_with_one; intros w; ring",
            "intros t i _; rewrite <- (regression_knows_earlier_errors_only t i); apply average_ext; intros w; ring",
            "intros t i _ j _; apply average_with_one; intros w; ring",
            "intros t i _ j _; rewrite <- (regression_knows_earlier_errors_only t j); apply average_ext; intros w; ring",
            "intros t i _ j _; "
            "rewrite (average_ext _ (fun w => noises 2 t i w * noises 2 t j w)) by (intros w; ring); "
            "unfold noises; rewrite noise_white, delta_pair, delta_refl; ring",
            "intros t i _ j _; rewrite (average_ext _ (fun _ => 1)) by (intros w; ring); rewrite average_one; ring",
            "lra", "lra",
        ),
    ),
    "sgd_covariance": (
        f"{_WORLD} 1%nat (fun t _ => theta 7 (1/2) 1 5 (noise 2) t) (fun t _ => noise 2 t) (fun _ => 5) (fun _ _ => 1) "
        "(fun _ _ => 1) (fun _ => 1) (fun _ _ => 4) (1/2)",
        (
            "intros t k; apply theta_is_random, noise_is_random",
            "intros t k; apply noise_is_random",
            "intros w t k _; cbn [theta]; unfold inner; simpl; field",
            "intros i _ j _; reflexivity",
            "intros i _ j _; unfold inner; simpl; ring",
            "intros t k _; apply noise_centred",
            "intros s t k _ l _; rewrite noise_white; simpl; ring",
            f"intros t k _ l _; cbn [theta]; {_CENTRED}",
        ),
    ),
    "sgd_momentum_variance": (
        f"{_WORLD} (position {_MOTION}) (memory {_MOTION}) (noise 2) (1/2) (1/3) 3 5 {_NOISELESS} 2",
        (
            *_RANDOM_MOTION,
            *(_STEP_OF_MOTION,) * 2,
            *(_NOISELESS_STEP,) * 2,
            "exact (noise_centred 2)",
            "exact (noise_white 2)",
            *(_START_OF_MOTION,) * 2,
            *("reflexivity",) * 2,
            "lra",
        ),
    ),
    "sgd_moving_average": (
        f"{_WORLD} (theta 7 (1/2) 3 5 (noise 2)) (noise 2) (1/2) 3 5 2 "
        "(moving (1/2) (fun t w => theta 7 (1/2) 3 5 (noise 2) t w - 5)) (1/2)",
        (
            "apply theta_is_random, noise_is_random",
            "apply noise_is_random",
            "apply moving_is_random; intros t; apply (random_minus average_is_expectation), (random_const average_is_expectation); "
            "apply theta_is_random, noise_is_random",
            "apply theta_descends",
            "intros w t; reflexivity",
            "exact (noise_centred 2)",
            "exact (noise_white 2)",
            "intros t; apply start_is_uncorrelated; [apply noise_is_random | apply noise_centred]",
            "lra", "lra",
            f"intros t; cbn [moving]; {_CENTRED}",
        ),
    ),
    "sgd_momentum_covariance": (
        f"{_WORLD} (1/2) (1/3) 3 3 5 5 (position {_MOTION}) (memory {_MOTION}) (noise 2) {_NOISELESS} "
        f"(position {_MOTION}) (memory {_MOTION}) (noise 2) {_NOISELESS} 4",
        (
            *_RANDOM_MOTION * 2,
            *_NOISY_MOTION * 2,
            *(_NOISELESS_STEP,) * 4,
            *("exact (noise_centred 2)",) * 2,
            "intros s t; rewrite noise_white; ring",
            *(_START_OF_MOTION,) * 4,
            "lra",
            *("reflexivity",) * 4,
        ),
    ),
    "sgd_reshuffling": (
        f"{_WORLD} (theta 7 (1/2) 3 5 two_of) two_of (1/2) 3 5 2 2%nat (- 4) "
        "(fun j x => Nat.recursion 0 (fun i r => (1 - x * 3) * r + x * 3 * (INR i * (INR i - 1) * (INR i - 2) / 6)) j)",
        (
            "apply theta_is_random, two_are_random",
            "apply two_are_random",
            "apply theta_descends",
            "intros j x; simpl; ring",
            "exact two_are_centred",
            "simpl; lra",
            "intros w t; cbn [fsum Nat.add]; rewrite !(Nat.add_comm (t * 2)), !two_of_is by lia; simpl; ring",
            "intros s t i j B; apply two_are_exchangeable; apply INR_lt, B",
            "intros t; apply start_is_uncorrelated; [apply two_are_random | apply two_are_centred]",
            *_NOT_ZERO,
            "reflexivity",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(name for name in spec_names() if spoken(name)))
def test_some_example_satisfies_the_hypotheses(workplace: Workplace, name: str) -> None:
    values, proofs = EXAMPLES[name]
    last = list(HYPOTHESIS.finditer(specified(name)))[-1].end()
    script = "\n".join(f"- {proof}." for proof in proofs)
    lines = [HEAD, "From Derivations Require Import Spec."]
    for world, file in ((_WORLD, "white_noise.v"), (_GRID, "full_support.v")):
        if world in values:
            text = Path(__file__).with_name(file).read_text(encoding="utf-8")
            assert forbidden(text, theory=True) is None
            lines.append(text)
    lines += [f"Goal ~ ({specified(name)[:last]} False).", "Proof."]
    lines += [f"intros H. apply (H {values}).", script, "Qed."]
    assert error(workplace, f"example_{name}", "\n".join([*lines, ""])) is None


# --- another statement is refused -----------------------------------------------------------------------------------

CHANGES = (
    (r"<->", "->"), (r" <= ", " < "), (r" < ", " <= "), (r" <> ", " = "), (r" = ", " <> "),
    (r" \+ ", " - "), (r"(?<=[\w)]) - ", " + "), (r" \* ", " + "), (r" / ", " * "),
    (r"/\\", r"\\/"), (r"\\/", r"/\\"), (r"~ ", ""), (r"p_infty", "m_infty"), (r"exists", "forall"),
)  # fmt: skip
NUMERAL = re.compile(r"(?<![\w.'])\d+(?![\w.'])")


def changes(text: str) -> Iterator[str]:
    """The text with one sign or number changed."""
    for pattern, new in CHANGES:
        for found in re.finditer(pattern, text):
            yield text[: found.start()] + found.expand(new) + text[found.end() :]
    for found in NUMERAL.finditer(text):
        yield text[: found.start()] + str(int(found[0]) + 1) + text[found.end() :]


def _all_emitted() -> list[str]:
    return [f"Definition emitted_{name} : Prop :=\n{stated(emitted(name))}." for name in sorted(spec_names())]


QUICK = frozenset({"flow_conserved", "gd_exponential_law", "gd_linearised_recurrence", "gd_newton_step", "hessian_nature"})


def _statements() -> list[object]:
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.long) for name in sorted(spec_names())]


@pytest.mark.parametrize("name", _statements())
def test_another_statement_is_refused(workplace: Workplace, name: str) -> None:
    """The runner's question, put for every statement that differs in one sign or number."""
    others = list(changes(strip_comments(specified(name))))
    lines = [HEAD, "From Derivations Require Import Spec.", f"Definition whole : Prop :=\n{stated(emitted(name))}."]
    for i, other in enumerate(others):
        lines += [f"Definition other_{i} : Prop :=\n{other}", same("whole", f"other_{i}", "Fail ")]
    assert len(others) >= 10
    assert error(workplace, f"other_{name}", "\n".join(lines)) is None


def notions() -> tuple[str, str]:
    """The definitions of Spec.v before its statements, and the statements; without comments, and without lemmas."""
    text = strip_comments(SPEC.partition("Import Prelude.")[2])
    text = re.sub(r"^Lemma .*?Qed\.\n", "", text, flags=re.MULTILINE | re.DOTALL)
    first = min(text.index(f"Definition {name} : Prop") for name in spec_names())
    return text[:first], text[first:]


@pytest.mark.long
def test_other_notions_are_refused(workplace: Workplace) -> None:
    """A notion that is changed in one sign or number makes some statement another one."""
    words, statements = notions()
    together = " /\\ ".join(sorted(spec_names()))
    whole = " /\\ ".join(f"emitted_{name}" for name in sorted(spec_names()))
    others = list(changes(words))
    assert len(others) >= 60
    for start in range(0, len(others), 40):
        lines = [HEAD, *_all_emitted(), f"Definition whole : Prop := {whole}."]
        for i, other in [(-1, words), *list(enumerate(others))[start : start + 40]]:
            module = f"Changed_{i}" if i >= 0 else "Unchanged"
            lines += [f"Module {module}.", other, statements, f"Definition together : Prop := {together}.", f"End {module}."]
            lines.append(same("whole", f"{module}.together", "Fail " if i >= 0 else ""))
        assert error(workplace, "notions", "\n".join(lines)) is None
