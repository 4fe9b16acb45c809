"""What is true: exact algebra, side conditions, the rules of inference, and the checker that replays a derivation.

It knows the language and python-flint, nothing else; it finds nothing, it only checks, and it raises where it cannot.
It must never import SymPy, z3 or another room, use floating-point numbers, or search.
"""
