"""Deciding: whether one part of an answer is right, with a proof or a counterexample, one decider for each kind of answer.

A decider is handed terms and gives a ``Finding``. It proves by the kernel's rules, refutes by exact values, and otherwise says
``undecided``; it never guesses, and never takes a float for a number.
"""
