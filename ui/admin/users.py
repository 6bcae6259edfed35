"""Users: the admin page's part for accounts: who may sign in and do what; new ones, passwords, roles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, cast

import gradio as gr

from assistant.accounts import LONGEST, ROLES, SHORTEST_PASSWORD, Account, Accounts, Role
from assistant.errors import NotAllowed
from ui.admin.cells import done_html, failed_html, head_row, title, told
from ui.wording import Lang, say, say_error

if TYPE_CHECKING:
    from assistant.records.entry import Act

USER_EVENTS = """
andon.shown(element, 'users', () => trigger('look', {}));
element.addEventListener('submit', (event) => {
  event.preventDefault();
  const filled = Object.fromEntries(new FormData(event.target));
  if (event.target.dataset.act === 'add') trigger('hire', filled);
  else trigger('rekey', filled);
});
element.addEventListener('change', (event) => {
  const { target } = event;
  if (!target.matches('select[data-name]')) return;
  trigger('role', { name: target.dataset.name, role: target.value });
  andon.asBefore(target);
});
andon.picks(element, 'button.a-switch', (b) =>
  trigger('enable', { name: b.dataset.name, enabled: b.getAttribute('aria-checked') !== 'true' }));
"""


class UsersPart:
    """Components and what they do. ``lang_of``: the language of the page that a request comes from; ``note``: writes
    into the log who changed what."""

    def __init__(
        self,
        accounts: Accounts,
        lang_of: Callable[[gr.Request], Lang],
        note: Callable[[gr.Request, Act, str], None],
    ) -> None:
        self._accounts = accounts
        self._lang = lang_of
        self._note = note

    def build(self) -> None:
        self._said = gr.HTML(apply_default_css=False, elem_id="users-said")
        self._list = gr.HTML(apply_default_css=False, elem_id="users", js_on_load=USER_EVENTS)

    def wire(self, quiet: dict[str, Any]) -> None:
        shown = [self._said, self._list]
        for event, act in (
            (self._list.look, self._look),
            (self._list.hire, self._add),
            (self._list.rekey, self._password),
            (self._list.role, self._role),
            (self._list.enable, self._enable),
        ):
            event(act, outputs=shown, **quiet)

    def _look(self, request: gr.Request) -> list[str]:
        return self._after(request, "")

    def _add(self, request: gr.Request, event: gr.EventData) -> list[str]:
        def add() -> str:
            account = self._accounts.add(str(event.name), str(event.password), cast("Role", str(event.role)))
            self._note(request, "account", f"{account.name} ({account.role})")
            return account.name

        return self._try(request, "users.added", add)

    def _password(self, request: gr.Request, event: gr.EventData) -> list[str]:
        def password() -> str:
            self._accounts.set_password(str(event.name), str(event.password))
            self._note(request, "account", f"{event.name}: password")
            return str(event.name)

        return self._try(request, "users.password_set", password)

    def _role(self, request: gr.Request, event: gr.EventData) -> list[str]:
        def role() -> str:
            account = self._accounts.set_role(str(event.name), cast("Role", str(event.role)))
            self._note(request, "account", f"{account.name} ({account.role})")
            return account.name

        return self._try(request, "users.role_set", role)

    def _enable(self, request: gr.Request, event: gr.EventData) -> list[str]:
        on = event.enabled is True

        def enable() -> str:
            name = self._accounts.enable(str(event.name), on).name
            self._note(request, "account", f"{name}: {'on' if on else 'off'}")
            return name

        return self._try(request, "users.enabled" if on else "users.disabled", enable)

    def _try(self, request: gr.Request, key: str, act: Callable[[], str]) -> list[str]:
        lang = self._lang(request)
        try:
            said = done_html(say(key, lang, name=act()))
        except NotAllowed as failed:
            said = failed_html(failed.message if lang == "en" else say_error(failed.code, lang, failed.message))
        return self._after(request, said)

    def _after(self, request: gr.Request, said: str) -> list[str]:
        return [said, users_html(self._accounts.accounts(), self._lang(request), str(request.username))]


def users_html(accounts: Sequence[Account], lang: Lang, me: str = "") -> str:
    """The accounts, each with what can be changed, and the form for a new one."""
    head = head_row((("users.name", ""), ("users.role", ""), ("users.may", ""), ("users.password", "")), lang)
    rows = "".join(_row(account, lang, account.name == me) for account in accounts)
    roles = "".join(f'<option value="{role}">{told(f"users.role.{role}", lang)}</option>' for role in ROLES)
    form = (
        f'<form class="a-filter a-card a-new-user" data-act="add"><h3>{told("users.new", lang)}</h3>'
        f'<label class="a-field">{told("users.name", lang)}<input name="name" maxlength="{LONGEST}" required '
        f'autocomplete="off"></label><label class="a-field">{told("users.password", lang)}{_password_input()}</label>'
        f'<label class="a-field">{told("users.role", lang)}<select name="role">{roles}</select></label>'
        f'<button type="submit" class="a-act a-save">{told("users.add", lang)}</button></form>'
    )
    return (
        f"{title('users.title', lang, note='users.note')}"
        f'<div class="a-card a-scroll"><table class="a-list a-users">{head}<tbody>{rows}</tbody></table></div>{form}'
    )


def _row(account: Account, lang: Lang, me: bool) -> str:
    name = escape(account.name)
    chosen = {account.role: " selected"}
    options = "".join(
        f'<option value="{role}"{chosen.get(role, "")}>{told(f"users.role.{role}", lang)}</option>' for role in ROLES
    )
    you = f' <span class="a-chip">{told("users.you", lang)}</span>' if me else ""
    on = "true" if account.enabled else "false"
    return (
        f'<tr data-user="{name}"{"" if account.enabled else " class=a-off"}><td>{name}{you}</td>'
        f'<td class="a-field"><select data-name="{name}" aria-label="{told("users.role_of", lang, name=account.name)}">'
        f"{options}</select></td>"
        f'<td><button type="button" class="a-switch" role="switch" aria-checked="{on}" data-name="{name}" '
        f'aria-label="{told("users.switch", lang, name=account.name)}"><i aria-hidden="true"></i>'
        f"<span>{told('users.on' if account.enabled else 'users.off', lang)}</span></button></td>"
        f"<td>{_password_form(name, lang)}</td></tr>"
    )


def _password_form(name: str, lang: Lang) -> str:
    """``name`` is escaped already."""
    return (
        f'<details><summary>{told("users.change_password", lang)}</summary><form data-act="password" class="a-inline">'
        f'<input type="hidden" name="name" value="{name}">'
        f'<label class="a-field">{told("users.new_password", lang)}{_password_input()}</label>'
        f'<button type="submit" class="a-act a-save">{told("admin.words_save", lang)}</button></form></details>'
    )


def _password_input() -> str:
    return (
        f'<input type="password" name="password" minlength="{SHORTEST_PASSWORD}" maxlength="{LONGEST}" required '
        'autocomplete="new-password">'
    )
