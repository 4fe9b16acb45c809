"""How to find it: linearise, solve recurrences, compute moments, search first integrals, certify inequalities.

It proposes derivations; SymPy may guess here, because the kernel replays every step before anything is believed.
It must never import the rooms that print or ask (rendering, homework, cli).
"""
