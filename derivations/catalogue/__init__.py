"""What is known: one short file per result, discovered, not registered.

A result is a statement with holes, which tactics fill for the problem at hand; no file contains a filling.
It must never lay out a page or reach into the kernel.
"""
