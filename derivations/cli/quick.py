"""``list`` and ``show``, when they are asked for plainly, without waiting for the machinery of the other commands.

Whatever is not understood here at once (help, an unknown option, an abbreviation) is left to the full parser.
"""

from __future__ import annotations

from collections.abc import Callable

_OPTIONS = {"--format": "form", "--notation": "notation", "-o": "output", "--output": "output"}


def quick(arguments: list[str]) -> Callable[[], int] | None:
    """The work that these arguments ask for, or None where the full parser has to look at them."""
    if arguments in (["list"], ["list", "--json"]):
        return lambda: _list("--json" in arguments)
    if arguments[:1] == ["show"]:
        found = _show_options(arguments[1:])
        return None if found is None else lambda: _show(**found)
    return None


def _show_options(arguments: list[str]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name in _OPTIONS and not (equals and not name.startswith("--")):
            key, value = _OPTIONS[name], value if equals else next(rest, "-")
        else:
            key, value = "name", argument
        if key in found or not value or value.startswith("-"):
            return None
        found[key] = value
    return found if "name" in found else None


def _list(json: bool) -> int:
    from derivations.cli.listing import listing

    return listing(json)


def _show(name: str, form: str = "text", notation: str = "lecture", output: str | None = None) -> int:
    from derivations.cli.showing import show

    return show(name, form, notation, output)
