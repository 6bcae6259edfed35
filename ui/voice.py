"""Voice: a button that listens, shown only where the browser recognises speech on the device itself."""

from __future__ import annotations

from html import escape

from ui.wording import Lang, say

VOICE_EVENT = "watch('value', () => andon.voice.attach(element)); andon.voice.attach(element);"
_MICROPHONE = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3a3 3 0 0 1 3 3v6a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5 11h'
    '2a5 5 0 0 0 10 0h2a7 7 0 0 1-6 6.9V21h-2v-3.1A7 7 0 0 1 5 11z"/></svg>'
)


def voice_html(lang: Lang) -> str:
    """The button, hidden; voice.js shows it where there is a recogniser on the device."""
    return (
        f'<button type="button" class="a-act a-voice" aria-pressed="false" hidden data-listening="'
        f'{_say("voice.listening", lang)}" data-failed="{_say("voice.failed", lang)}">{_MICROPHONE}'
        f'<span aria-live="polite">{_say("voice.button", lang)}</span></button>'
    )


def _say(key: str, lang: Lang) -> str:
    return escape(say(key, lang))
