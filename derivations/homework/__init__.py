"""Sheets: their tasks, where each task's answer stands in a checked conclusion, and the files that they become.

It puts together what the other rooms know: the catalogue solves, rendering lays out, reading reads the author's formulas.
It must never contain a solution, nor write anywhere but into the folder that it was given.
"""
