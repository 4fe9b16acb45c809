"""Sheets and answers: what an author asks, which answer a proof gives, and whether what a student wrote is that answer.

The catalogue solves, rendering lays out, reading reads formulas, the kernel decides; this room puts them together. It must
never contain a solution, nor write anywhere but into the folder that it was given.

From a sheet to a key, once for each sheet or variant:

1. ``sheets`` reads the author's TOML, ``placeholders`` and ``variants`` draw the numbers that it leaves open.
2. ``solutions`` has each question derived (``stored`` keeps the proofs of the package's own sheets); ``writing``,
   ``formulas``, ``typesetting`` and ``notebooks`` make problems and solutions of them, and ``hints`` tells a proof step by
   step.
3. ``keying`` turns a proof's conclusion, or the author's own key, into ``keys``: with the ``names`` that an answer may use,
   what is ``customary``, what a model adds (``networks``); ``vetting`` refuses a key that is none.
4. ``linting`` and its parts (``lint_texts``, ``lint_words``, ``lint_ranges``, ``lint_keys``) tell the author what is left
   open.

From an answer to a verdict, in ``checking``, for each answer:

1. ``understood`` takes away what is struck out (``revisions``), has formulas found in the text by the room ``reading``, and
   says what could not be read (``readings``); ``answers`` makes candidates of them, with ``synonyms`` folded.
2. ``parts`` finds what answers each part of the task: ``portions`` and ``arranging`` share formulas among parts, ``choosing``
   picks the one that is meant, by the words around it. Which words say what stands in ``cues.toml`` (``cues``);
   ``conditions``, ``enclosures`` and ``restrictions`` are about ranges, ``multiplicities`` about sets, ``assertions`` about
   what is only mentioned.
3. ``deciding`` decides each part: a proof by the kernel, a counterexample, or neither; and names the mistake.
4. ``combining`` makes one verdict of the parts' findings, ``reasons`` prints its sentences, ``verdicts`` is what comes out.

``grading`` does this for folders of submissions; ``rosters`` and ``small_tables`` tell who had which variant.
"""
