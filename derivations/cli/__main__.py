"""``python -m derivations.cli`` is ``derivations``."""

from derivations.cli.main import main

main()
