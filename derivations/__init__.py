"""Derives and proves the theory of learning dynamics, and prints the proofs."""

__version__ = "0.1.0"
