"""Grading: submissions read from files, every answer checked once, and what comes of it as tables, pages and JSON.

It trusts nothing that a submission contains: no name becomes a path, no answer a formula of a spreadsheet or a tag of a page.
"""
