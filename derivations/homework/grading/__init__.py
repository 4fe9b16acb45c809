"""Grading: submissions read from files, every answer checked once, and what comes of it as tables, pages and JSON.

It trusts nothing that a submission contains: no name becomes a path, no answer a formula of a spreadsheet or a tag of a page
(``safety``).

``run`` is the order of things. ``folders`` gathers files; ``tables`` reads tables of answers, ``documents`` and ``splitting``
find the answers in notebooks, LaTeX and Markdown by their ``labels``; ``submissions`` is what comes of it. ``keyed`` has the
key of each student's variant, ``judging`` judges one answer, ``crew`` and ``worker`` many of them side by side. ``overrides``
are a person's decisions, ``rows`` what every student got, ``journal`` and ``folder`` make a killed run resume and a file come
into being whole. ``grades``, ``pages``, ``articles``, ``forms`` and ``formulas`` write.
"""
