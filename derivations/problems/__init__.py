"""What is given: losses, optimizers, noise, and the question put to them, as declarative data.

It turns names, expressions and TOML files into problems, and says clearly what is wrong with them.
It must never derive anything, and never import SymPy.
"""
