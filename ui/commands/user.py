"""andon user: accounts that may sign in, and the API tokens of programs."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from ui.acts import note_act
from ui.terminal import Data, reader_lang, settings_with, tell
from ui.wording import say

app = typer.Typer(help="Accounts that may sign in, and API tokens of programs.", no_args_is_help=True)


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
    note_act(settings_with(data=data), "account", f"{name} ({role.value})")
    tell("cli.user_added", name=name, role=role.value)


@app.command("list")
def list_accounts(data: Data = None) -> None:
    """List the accounts."""
    from assistant.accounts import Accounts

    accounts = Accounts(settings_with(data=data).accounts_file)
    try:
        for account in accounts.accounts():
            off = "" if account.enabled else f"  ({say('users.off', reader_lang())})"
            print(f"{account.name}  {account.role}{off}")
    finally:
        accounts.close()


@app.command("disable")
def disable(name: Annotated[str, typer.Argument(help="Account that may not sign in.")], data: Data = None) -> None:
    """Let an account sign in no more: it is signed out at once, and its tokens stop. The last admin stays."""
    _switch(name, data, enabled=False)


@app.command("enable")
def enable(name: Annotated[str, typer.Argument(help="Account that may sign in again.")], data: Data = None) -> None:
    """Let an account sign in again that was disabled."""
    _switch(name, data, enabled=True)


def _switch(name: str, data: Path | None, *, enabled: bool) -> None:
    from assistant.accounts import Accounts

    accounts = Accounts(settings_with(data=data).accounts_file)
    try:
        accounts.enable(name, enabled)
    finally:
        accounts.close()
    note_act(settings_with(data=data), "account", f"{name}: {'on' if enabled else 'off'}")
    tell("users.enabled" if enabled else "users.disabled", name=name)


@app.command("token")
def make_token(
    name: Annotated[str, typer.Argument(help="Account whose rights the program gets; make one for it.")],
    purpose: Annotated[str, typer.Option("--for", help="What the token is for, as the list shows it.")] = "",
    data: Data = None,
) -> None:
    """Make an API token with which a program signs in (Authorization: Bearer). It is shown this once, alone on stdout,
    and holds until it is revoked, whatever becomes of the password."""
    from assistant.accounts import Accounts

    accounts = Accounts(settings_with(data=data).accounts_file)
    try:
        token = accounts.tokens.make(name, purpose)
    finally:
        accounts.close()
    note_act(settings_with(data=data), "account", f"{name}: + token")
    print(say("cli.token_made", reader_lang(), name=name), file=sys.stderr)
    print(token)


@app.command("tokens")
def list_tokens(data: Data = None) -> None:
    """List the API tokens: number, account, what for, when made, when last used."""
    from assistant.accounts import Accounts

    accounts = Accounts(settings_with(data=data).accounts_file)
    try:
        tokens = accounts.tokens.tokens()
    finally:
        accounts.close()
    if not tokens:
        tell("cli.no_tokens")
    for token in tokens:
        used = say("cli.token_unused", reader_lang()) if token.used_at is None else _moment(token.used_at)
        tell(
            "cli.token_line", id=token.id, name=token.name, purpose=token.purpose or "-", made=_moment(token.made_at),
            used=used,
        )  # fmt: skip


@app.command("revoke")
def revoke_token(
    number: Annotated[int, typer.Argument(help="The token's number, as listed by: andon user tokens")],
    data: Data = None,
) -> None:
    """End an API token at once."""
    from assistant.accounts import Accounts

    accounts = Accounts(settings_with(data=data).accounts_file)
    try:
        token = accounts.tokens.revoke(number)
    finally:
        accounts.close()
    note_act(settings_with(data=data), "account", f"{token.name}: - token {token.id}")
    tell("cli.token_revoked", id=token.id, name=token.name, purpose=token.purpose or "-")


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")
