"""A derivation as a Rocq file: the lemmas it stands on, the statements written by hand, the emitter, and the runner of coqc.

It may ask the kernel for hints (factors, canonical forms), since coqc checks whatever is written; it never imports tactics or
SymPy, and never decides by itself that something is certified: only coqc's answer does.
"""
