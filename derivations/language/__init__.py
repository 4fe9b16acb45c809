"""What is said: terms, statements, steps, derivations and notation, and how they are written to JSON and read back.

It knows nothing of what is true; it never evaluates or rearranges what was written.
It must never import another room, nor anything outside the standard library.
"""
