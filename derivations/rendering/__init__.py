"""A derivation as pages: terminal text, Markdown, LaTeX, HTML with MathML, notebook cells, JSON.

It knows how a formula looks and how a proof is laid out, in each notation; a term is printed in the order it has.
It must never compute: no SymPy, no kernel, no simplifying, no reordering.
"""
