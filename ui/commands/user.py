"""andon user: accounts that may sign in."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from ui.terminal import Data, reader_lang, settings_with, tell
from ui.wording import say

app = typer.Typer(help="Accounts that may sign in.", no_args_is_help=True)


class RoleName(str, Enum):
    operator = "operator"
    admin = "admin"


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Name to sign in with.")],
    role: Annotated[RoleName, typer.Option(help="What the account may do.")] = RoleName.operator,
    password: Annotated[
        str | None, typer.Option(help="Password; asked for if left out.", envvar="ANDON_NEW_PASSWORD")
    ] = None,
    data: Data = None,
) -> None:
    """Add an account, or set a new password and role for one."""
    from assistant.accounts import Accounts

    if password is None:
        password = typer.prompt(say("cli.password", reader_lang()), hide_input=True, confirmation_prompt=True)
    accounts = Accounts(settings_with(data=data).accounts_file)
    try:
        accounts.put(name, str(password), role.value)
    finally:
        accounts.close()
    tell("cli.user_added", name=name, role=role.value)


@app.command("list")
def list_accounts(data: Data = None) -> None:
    """List the accounts."""
    from assistant.accounts import Accounts

    accounts = Accounts(settings_with(data=data).accounts_file)
    try:
        for account in accounts.accounts():
            print(f"{account.name}  {account.role}")
    finally:
        accounts.close()
