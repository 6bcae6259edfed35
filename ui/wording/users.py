"""Wording of the admin page's accounts."""

from __future__ import annotations

from ui.wording import Entry

USERS: dict[str, Entry] = {
    "users.title": {"ja": "利用者", "en": "Users"},
    "users.note": {
        "ja": "「オペレータ」は質問だけ、「管理者」はこの画面も使えます。"
        "利用を止めた人はすぐにログアウトされ、記録は残ります。",
        "en": "Operators ask; admins use this page as well. Somebody switched off is signed out at once; "
        "what they did stays in the log.",
    },
    "users.name": {"ja": "名前", "en": "Name"},
    "users.role": {"ja": "役割", "en": "Role"},
    "users.role.operator": {"ja": "オペレータ", "en": "Operator"},
    "users.role.admin": {"ja": "管理者", "en": "Admin"},
    "users.role_of": {"ja": "{name} の役割", "en": "Role of {name}"},
    "users.may": {"ja": "ログイン", "en": "Sign-in"},
    "users.on": {"ja": "ログインできる", "en": "May sign in"},
    "users.off": {"ja": "ログインできない", "en": "May not sign in"},
    "users.switch": {"ja": "{name} のログインを許可", "en": "Let {name} sign in"},
    "users.you": {"ja": "あなた", "en": "you"},
    "users.password": {"ja": "パスワード(8 文字以上)", "en": "Password (8 characters or more)"},
    "users.new_password": {"ja": "新しいパスワード", "en": "New password"},
    "users.change_password": {"ja": "パスワードを変える", "en": "Change password"},
    "users.new": {"ja": "利用者の追加", "en": "Add a user"},
    "users.add": {"ja": "追加", "en": "Add"},
    "users.added": {"ja": "{name} を追加しました。", "en": "{name} was added."},
    "users.password_set": {
        "ja": "{name} のパスワードを変えました。次からは新しいパスワードでログインします。",
        "en": "{name} signs in with the new password from now on.",
    },
    "users.role_set": {"ja": "{name} の役割を変えました。", "en": "The role of {name} was changed."},
    "users.enabled": {"ja": "{name} はログインできます。", "en": "{name} may sign in again."},
    "users.disabled": {"ja": "{name} はログインできなくなりました。", "en": "{name} may not sign in any more."},
}
