"""What the guide for Python shows is what Python prints."""

from __future__ import annotations

import doctest

from docs.blocks import blocks


def test_the_guide() -> None:
    examples = [block.text for block in blocks("how-to/python.md") if block.language == "pycon"]
    assert len(examples) >= 8
    test = doctest.DocTestParser().get_doctest("\n".join(examples), {}, "python.md", "docs/how-to/python.md", 0)
    said: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=said.append)
    assert not said, "".join(said)
