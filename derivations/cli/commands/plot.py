"""``derivations plot``."""
