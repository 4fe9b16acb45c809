"""Deciding: whether one part of an answer is right, with a proof or a counterexample, one decider for each kind of answer.

A decider is handed terms and gives a ``Finding``. It proves by the kernel's rules, refutes by exact values, and otherwise
says ``undecided``; it never guesses, and never takes a float for a number.

``kinds`` names the decider of each kind. What they stand on, from below:

* ``balls`` is arithmetic of exact numbers and balls, ``values`` evaluates terms at ``points``, ``samples`` does so for many
  slips at once; ``looks`` and ``sizes`` refuse what is too large before anything begins, ``existence`` says where a term has
  a value.
* ``setting`` is what a task takes for granted; it keeps what is made ready once for a key.
* ``comparing`` compares two formulas (``half_powers``); on it stand ``expressions``, ``equations`` (``solving``),
  ``numbers``, ``complexes``, ``collections`` (``elements``), ``matrices`` and ``members``. ``asymptotics`` expands first
  (``expansions``, ``series``, ``ratios``).
* ``ranges`` compares sets of numbers: ``relations`` says what an answer gives as relations, ``range_keys`` proves and refutes
  along lines (``range_lines``, ``axes``, ``marks``), with ``roots``, ``bounds`` and ``whole`` for what lies beyond
  polynomials of real numbers, and ``ends`` names what is wrong.
* ``properties`` decides what a flow conserves (``matrix_quantities``); the key is not compared there.
* ``chains`` reviews work line by line: ``lines`` takes it apart, ``linking`` judges each link by ``steps``, ``trials`` are
  the points it tries.
* ``words`` decides words: ``sentences`` finds clauses and denials, ``concepts`` the phrases of ``vocabulary.toml``,
  ``sayings`` what is said of what.
* ``misconceptions`` names mistakes: ``slips``, ``range_slips`` and ``collection_slips`` say what usually goes wrong
  (``slips.toml``), ``slip_values`` finds the likely ones.
"""
