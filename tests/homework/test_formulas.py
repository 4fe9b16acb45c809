"""Right and wrong answers in notations of students' own, each against the verdict that a reader of it would give."""

import pytest

from derivations.homework.checking import Checker
from derivations.homework.keying import sheet_key

CHECKERS = {f"{sheet}:{task.task}": Checker(task) for sheet in ("lecture3", "stage3") for task in sheet_key(sheet).tasks}

ROWS = [
    ("lecture3:1.a", "δ_t = (1-ηλ)^t δ_0 with δ_t = θ_t - θ*", "correct"),
    ("lecture3:1.a", "x_t = θ_t-θ*: x_t = (1-ηλ)^t x_0", "correct"),
    ("lecture3:1.a", "x_t = θ_t-θ*: x_t = (1+ηλ)^t x_0", "incorrect"),
    ("lecture3:1.a", r"\delta\theta^{(t)} = (1-\eta\mathcal L'')^t\,\delta\theta^{(0)}", "correct"),
    ("lecture3:1.a", r"\theta_t=\theta^*+\rho^t(\theta_0-\theta^*),\quad \rho=1-\eta\lambda", "correct"),
    ("lecture3:1.b.1", "η < 1/2λ", "incorrect"),
    ("lecture3:1.b.4", r"\eta^* = 1/\lambda", "correct"),
    ("lecture3:2.range", "η < min_i λ_i^{-1}", "correct"),
    ("lecture3:2.range", r"\eta\le\frac{1}{\rho(H)}", "correct"),
    ("lecture3:2.range", "eta <= 1/np.max(np.linalg.eigvalsh(H))", "correct"),
    ("lecture3:2.range", "0<η<1/M with M = max λ_i", "correct"),
    ("lecture3:2.range", "η < 2/ρ(H)", "incorrect"),
    ("lecture3:2.range", "0<η<1/λ_1 where λ_1 is the smallest eigenvalue", "incorrect"),
    ("lecture3:3.a.hessian", "H =\n0 1\n1 0", "correct"),
    ("lecture3:3.a.hessian", "H₁₁ = H₂₂ = 0, H₁₂ = H₂₁ = 1", "correct"),
    ("lecture3:3.a.hessian", "H_11 = H_22 = 1, H_12=H_21=0", "incorrect"),
    ("lecture3:3.a.hessian", "∂²L/∂θ₁² = 0, ∂²L/∂θ₂² = 0, ∂²L/∂θ₁∂θ₂ = 1", "correct"),
    ("lecture3:3.a.hessian", r"$H_{11}=0$, $H_{22}=0$, $H_{12}=H_{21}=1$", "correct"),
    ("lecture3:3.a.hessian", "H = (0 1)\n    (-1 0)", "incorrect"),
    ("lecture3:3.a.hessian", "H_11 = 0", "undecided"),
    ("lecture3:3.a.eigenvalues", "±i", "incorrect"),
    ("lecture3:3.a.eigenvalues", r"\lambda_\pm=\pm\sqrt{1}", "correct"),
    ("lecture3:3.a.eigenvalues", "1 and minus 1", "correct"),
    ("lecture3:3.a.eigenvalues", "det(H - λI) = λ² - 1 = 0 → λ = ±1", "correct"),
    ("lecture3:3.b", r"\dot\theta_1=-\theta_2, \dot\theta_2=-\theta_1, \frac{d}{dt}(\theta_1^2-\theta_2^2)=0", "correct"),
    ("lecture3:3.b", "θ₁²(t) - θ₂²(t) = θ₁²(0) - θ₂²(0)", "correct"),
    ("lecture3:3.b", "x²-y² with x=θ1, y=θ2", "correct"),
    ("lecture3:3.b", "x²+y² with x=θ1, y=θ2", "incorrect"),
    ("lecture3:4.a", "|θ(t)-θ*| = |θ(0)-θ*| exp(-t/τ) with τ = 1/(ηλ)", "correct"),
    ("lecture3:4.a", "|θ_t − θ*| = |θ_0 − θ*|·e^{−t/T}, T = 1/λ", "incorrect"),
    ("lecture3:4.a", r"A e^{-\eta\lambda t}", "correct"),
    ("lecture3:4.b", r"\langle\theta^2\rangle\to\infty", "incorrect"),
    ("lecture3:4.b", "q=1-ηλ: ⟨θ²⟩ = η²σ²/N · 1/(1-q²)", "correct"),
    ("lecture3:4.b", r"\overline{\theta^2}=\frac{\eta\sigma^2}{2N\lambda}", "correct"),
    ("stage3:1.3", r"x^+ = (1-\alpha\lambda)x", "correct"),
    ("stage3:1.3", "x ← (1+αλ)x", "incorrect"),
    ("stage3:2.1", r"2x\,\hat{e}_x + 20y\,\hat{e}_y", "correct"),
    ("stage3:2.1", "2x e_x + 10y e_y", "incorrect"),
    ("stage3:2.1", "f_x = 2x, f_y = 20y", "correct"),
    ("stage3:2.2", "x: 2, y: 20", "correct"),
    ("stage3:2.2", "x: 2, y: 10", "incorrect"),
    ("stage3:3.1", "f_xx = 2, f_yy = 20, f_xy = 0", "correct"),
    ("stage3:3.1", "$mat(2, 0; 0, 20)$", "correct"),
    ("stage3:4.1", "A e_1 = (2,0)^T = 2 e_1, A e_2 = (0,10)^T = 10 e_2", "correct"),
    ("stage3:4.3", "(u, 0) or (0, v)", "correct"),
    ("stage3:4.3", "(u, 0)", "incorrect"),
    ("stage3:6.1", r"\kappa = \frac{\lambda_{\max}}{\lambda_{\min}} = \frac{10}{2} = 5", "correct"),
    ("stage3:8.1", "1, 0, -4/5, -16/25", "correct"),
    ("stage3:8.1", "2, 0, -4/5, -16/25", "undecided"),
]


@pytest.mark.parametrize(("task", "answer", "verdict"), ROWS)
def test_verdict(task: str, answer: str, verdict: str) -> None:
    found = CHECKERS[task].check(answer)
    assert found.verdict == verdict, found.reason
    assert verdict not in ("correct", "incorrect") or found.evidence.kind != "none"


def test_two_readings_of_a_division_that_differ_are_left_to_a_person() -> None:
    """ησ²/2Nλ is right as ησ²/(2Nλ) and wrong as (ησ²/2)Nλ."""
    found = CHECKERS["lecture3:4.b"].check("ησ²/2Nλ")
    assert found.verdict == "undecided"
    assert "brackets" in found.reason


def test_what_says_infinity_meets_a_finite_value() -> None:
    evidence = CHECKERS["lecture3:4.b"].check("∞").evidence
    assert (evidence.kind, evidence.answer) == ("counterexample", "oo")
    assert all("oo" not in value for value in evidence.at.values())
