"""The command line: one module per command, imported when it is used.

It knows options, exit codes and where output goes; what stands in front of the work of a command is kept cheap.
It must never do algebra, and never show a user a traceback.
"""
