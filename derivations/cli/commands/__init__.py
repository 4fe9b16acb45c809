"""The commands, each the ``command`` of the module that bears its name."""
