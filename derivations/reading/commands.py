"""The words and signs of the language: what each LaTeX command, operator and reserved word is, as a token.

Every entry is (kind, value). The kind says how the grammar treats the token; the value says what it means: the key of a
name, the head of a relation, the word of a function.
"""

from __future__ import annotations

import keyword

from derivations.language.notation import GREEK

Entry = tuple[str, str]

OPERATORS: dict[str, Entry] = {
    "<=>": ("iff", "Iff"), "=>": ("implies", "Implies"), "==": ("relation", "Eq"), "=": ("relation", "Eq"),
    "!=": ("relation", "Ne"), "<=": ("relation", "Le"), ">=": ("relation", "Ge"), "<": ("relation", "Lt"),
    ">": ("relation", "Gt"), "=<": ("relation", "Le"), "<>": ("relation", "Ne"),
    "**": ("^", "**"), "*": ("*", "*"), "!": ("!", "!"),
}  # fmt: skip

SINGLE: dict[str, Entry] = {
    **{char: (char, char) for char in "+-/^_'()[]{}|,:"}, "&": ("and", "&"), "~": ("relation", "Approx"),
    "−": ("-", "-"), "–": ("-", "-"), "·": ("*", "*"), "⋅": ("*", "*"), "∙": ("*", "*"), "×": ("*", "*"),
    "∗": ("*", "*"), "⋆": ("star", "*"), "÷": ("/", "/"), "∕": ("/", "/"), "±": ("±", "±"),
    "’": ("'", "'"), "′": ("'", "'"), "″": ("'", "''"), "‴": ("'", "'''"),
    "≤": ("relation", "Le"), "⩽": ("relation", "Le"), "≥": ("relation", "Ge"), "⩾": ("relation", "Ge"),
    "≦": ("relation", "Le"), "≧": ("relation", "Ge"), "≠": ("relation", "Ne"), "≈": ("relation", "Approx"),
    "≃": ("relation", "Approx"), "∼": ("relation", "Approx"), "∝": ("relation", "Proportional"),
    "∈": ("relation", "In"), "∧": ("and", "∧"), "∨": ("or", "∨"), "¬": ("not", "¬"), "⇒": ("implies", "Implies"),
    "⟹": ("implies", "Implies"), "⇔": ("iff", "Iff"), "⟺": ("iff", "Iff"), "∪": ("union", "Union"),
    "∩": ("intersection", "Intersection"), "∞": ("constant", "Infinity"), "√": ("root", "√"), "∑": ("sum", "∑"),
    "⟨": ("langle", "⟨"), "⟩": ("rangle", "⟩"), "〈": ("langle", "⟨"), "〉": ("rangle", "⟩"), "⊤": ("transpose", "T"),
    "→": ("to", "→"), "⟶": ("to", "→"), "∀": ("quantifier", "ForAll"), "∃": ("quantifier", "Exists"),
}  # fmt: skip

# Signs and commands that only answers are read with.
FURTHER: dict[str, Entry] = {
    ";": (";", ";"), "%": ("percent", "%"), "∅": ("empty", "∅"), "∖": ("setminus", "∖"), "‖": ("norm", "‖"),
    "∓": ("∓", "∓"), "∉": ("relation", "NotIn"), "∂": ("differential", "∂"), "∇": ("nabla", "∇"), "ℝ": ("reals", "R"),
    "≡": ("relation", "Eq"), "≔": ("relation", "Eq"), "≜": ("relation", "Eq"), "𝔼": ("name", "E"),
    '"': ("'", "''"), "@": ("*", "*"), "⁄": ("/", "/"), "←": ("update", "←"), "↦": ("update", "↦"),
    "\u0307": ("dot above", ""), "\u20d7": ("arrow above", ""), "\u0302": ("hat above", ""),
}  # fmt: skip
FURTHER_COMMANDS: dict[str, Entry] = {
    "\\setminus": ("setminus", "∖"), "\\smallsetminus": ("setminus", "∖"), "\\backslash": ("setminus", "∖"),
    "\\emptyset": ("empty", "∅"), "\\varnothing": ("empty", "∅"), "\\notin": ("relation", "NotIn"),
    "\\mp": ("∓", "∓"), "\\partial": ("differential", "∂"), "\\nabla": ("nabla", "∇"), "\\equiv": ("relation", "Eq"),
    "\\coloneqq": ("relation", "Eq"), "\\|": ("norm", "‖"), "\\Vert": ("norm", "‖"), "\\lVert": ("norm", "‖"),
    "\\rVert": ("norm", "‖"), "\\mid": ("|", "|"), "\\%": ("percent", "%"), "\\R": ("reals", "R"),
    "\\nicefrac": ("fraction", "frac"), "\\sfrac": ("fraction", "frac"), "\\And": ("and", "and"),
    **dict.fromkeys(("\\leftarrow", "\\gets", "\\mapsto", "\\longmapsto"), ("update", "←")),
    "\\imath": ("name", "i"), "\\jmath": ("name", "j"),
}  # fmt: skip

WORDS: dict[str, Entry] = {
    **{word: ("keyword", word) for word in keyword.kwlist},
    "and": ("and", "and"), "or": ("or", "or"), "not": ("not", "not"), "in": ("relation", "In"),
    "True": ("constant", "True"), "False": ("constant", "False"), "lambda": ("name", "lam"),
}  # fmt: skip

TEXTS = frozenset(["text", "textrm", "textit", "textbf", "textnormal", "mbox"])
STYLES = TEXTS | {
    "mathrm", "mathit", "mathbf", "mathsf", "mathtt", "mathcal", "mathscr", "mathfrak", "mathbb", "mathnormal",
    "boldsymbol", "bm", "symbf", "operatorname", "rm",
}  # fmt: skip
PHRASES: dict[str, Entry] = {
    ":": (":", ":"), "for all": ("quantifier", "ForAll"), "for every": ("quantifier", "ForAll"),
    "if and only if": ("iff", "Iff"),
}  # fmt: skip
SIZES = frozenset(
    ["left", "right", "middle"]
    + [size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")]
)
ENVIRONMENTS = frozenset(
    ["matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "smallmatrix", "array", "psmallmatrix", "bsmallmatrix"]
)

_SPACING = (
    ",", ";", ":", "!", ">", " ", "\n", "quad", "qquad", "thinspace", "medspace", "thickspace", "enspace",
    "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits", "mathstrut", "strut", "nonumber", "noindent",
)  # fmt: skip

COMMANDS: dict[str, Entry] = {
    **{name: ("name", "lam" if name == "lambda" else name) for name in GREEK}, "ell": ("name", "ell"),
    **dict.fromkeys(_SPACING, ("skip", "")),
    **dict.fromkeys(STYLES, ("style", "")), **dict.fromkeys(SIZES, ("size", "")),
    "begin": ("environment", "begin"), "end": ("environment", "end"),
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), ("fraction", "")), "sqrt": ("sqrt", ""), "sum": ("sum", ""),
    "cdot": ("*", "*"), "times": ("*", "*"), "div": ("/", "/"), "pm": ("±", "±"), "star": ("star", "*"),
    "ast": ("star", "*"), "prime": ("'", "'"), "infty": ("constant", "Infinity"), "top": ("transpose", "T"),
    "intercal": ("transpose", "T"),
    "le": ("relation", "Le"), "leq": ("relation", "Le"), "leqslant": ("relation", "Le"), "lt": ("relation", "Lt"),
    "ge": ("relation", "Ge"), "geq": ("relation", "Ge"), "geqslant": ("relation", "Ge"), "gt": ("relation", "Gt"),
    "ne": ("relation", "Ne"), "neq": ("relation", "Ne"), "approx": ("relation", "Approx"),
    "simeq": ("relation", "Approx"), "sim": ("relation", "Approx"), "propto": ("relation", "Proportional"),
    "in": ("relation", "In"), "wedge": ("and", "∧"), "land": ("and", "∧"), "vee": ("or", "∨"), "lor": ("or", "∨"),
    "neg": ("not", "¬"), "lnot": ("not", "¬"), "cup": ("union", "Union"), "cap": ("intersection", "Intersection"),
    **dict.fromkeys(("Rightarrow", "implies", "Longrightarrow"), ("implies", "Implies")),
    **dict.fromkeys(("Leftrightarrow", "iff", "Longleftrightarrow"), ("iff", "Iff")),
    "{": ("set{", "{"), "}": ("set}", "}"), "lbrace": ("set{", "{"), "rbrace": ("set}", "}"), "\\": ("row", ""),
    "langle": ("langle", ""), "rangle": ("rangle", ""), "lvert": ("lvert", ""), "rvert": ("rvert", ""),
    "vert": ("|", "|"), "lbrack": ("[", "["), "rbrack": ("]", "]"), "colon": (":", ":"),
    **{name: ("function", name) for name in
       ["exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan", "max", "min", "det"]},
    "lim": ("limit", ""), "to": ("to", ""), "rightarrow": ("to", ""), "longrightarrow": ("to", ""),
    "xrightarrow": ("arrow", ""), "forall": ("quantifier", "ForAll"), "exists": ("quantifier", "Exists"),
}  # fmt: skip

# Commands that people do write and that the language has no head for: better an honest sentence than "unknown".
UNSUPPORTED: dict[str, str] = {
    "partial": "partial derivatives are not read; write L'(x) or L''(x)",
    "nabla": "gradients are not read; write L'(x)",
    "int": "integrals are not read",
    "prod": "products with limits are not read; write the power or the factors",
    "mp": "write the two signs as two formulas",
    **dict.fromkeys(("dots", "ldots", "cdots"), "write every term out, or use \\sum_{s=0}^{t-1}"),
    "lVert": "norms are not read; write what the norm stands for",
    "rVert": "norms are not read; write what the norm stands for",
    "|": "norms are not read; write what the norm stands for",
    **dict.fromkeys(("hat", "tilde", "bar", "overline", "vec", "dot"), "leave the accent out, or use an index"),
    "setminus": "write the set as a union of intervals",
    "binom": "write the binomial coefficient out",
}
