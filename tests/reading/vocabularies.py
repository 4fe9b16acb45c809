"""The vocabularies that the tests read with."""

from derivations.reading import Vocabulary, vocabulary_for

NAMES = ("eta", "lam", "theta_star", "theta_0", "t", "sigma", "beta", "L_max", "x", "y", "a", "b", "s", "i", "j", "k")
FUNCTIONS = {"theta": 1, "L": 1, "H": 2}

LECTURE = vocabulary_for(NAMES, FUNCTIONS, "lecture")
NOTES = vocabulary_for(("eta", "lam", "theta_star", "theta_0", "t"), {"theta": 1, "L": 1}, "notes")
ANYTHING = Vocabulary({}, open=True)
