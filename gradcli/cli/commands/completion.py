"""`gradcli completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from gradcli.cli.commands import COMPLETE
from gradcli.cli.completion import add_shells
from gradcli.cli.kinds import OneOf
from gradcli.cli.split import Listed
from gradcli.engine.question import EVERYDAY
from gradcli.errors import UsageError

EPILOG = """\b
To have it in every shell:
  bash: echo 'eval "$(gradcli completion bash)"' >> ~/.bashrc
  zsh:  echo 'eval "$(gradcli completion zsh)"' >> ~/.zshrc
  fish: gradcli completion fish > ~/.config/fish/completions/gradcli.fish
"""


@click.command("completion", cls=Listed, group=EVERYDAY, rank=15, epilog=EPILOG)
@click.argument("shell", type=OneOf(["bash", "zsh", "fish"]), required=False, metavar="SHELL")
@click.pass_context
def completion(ctx: click.Context, shell: str | None) -> None:
    """A script for bash, zsh or fish that completes what is typed behind gradcli."""
    if shell is None:
        raise UsageError("completion needs the name of a shell", help="gradcli completion bash")
    add_shells()
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(ctx.find_root().command, {}, "gradcli", COMPLETE).source())
