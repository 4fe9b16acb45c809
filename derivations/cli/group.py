"""The commands, each imported when it is asked for."""

from __future__ import annotations

import sys
from importlib import import_module

import click

NAMES = ("list", "show", "derive", "plot", "sample", "check", "hint", "grade", "sheet", "verify", "certify", "doctor")


class Commands(click.Group):
    """A group that imports a command's module when the command is named, or listed by the help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in NAMES:
            return None
        command: click.Command = import_module(f"derivations.cli.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in NAMES and not args[0].startswith("-"):
            from derivations.catalogue.discovery import unknown

            raise unknown("command", args[0], list(NAMES))
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=lambda c, p, v: _version(c, v),
              help="Say which version this is.")  # fmt: skip
@click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")
def derivations() -> None:
    """Derives and proves the theory of learning dynamics, and prints the proofs.

    \b
    derivations list
    derivations show sgd.stationary-variance
    derivations derive hessian --loss "x**4/4 - x**2/2" --at x=1
    derivations sheet lecture3 -o build/lecture3
    """


def _version(context: click.Context, asked: bool) -> None:
    if asked:
        from derivations import __version__

        click.echo(f"derivations {__version__}")
        context.exit()


def dispatch(arguments: list[str]) -> int:
    """The exit code of the command that the arguments name."""
    try:
        outcome = derivations.main(arguments, prog_name="derivations", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except click.Abort:
        return 130
    return outcome if isinstance(outcome, int) else 0
