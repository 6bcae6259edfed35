"""Errors of the index, as a tree.

IndexFailed
├── ManualUnreadable      a file that cannot become a manual
│   ├── UnknownFormat         no reader for this kind of file, or its content is not what its name says
│   ├── EmptyManual           no text in it
│   ├── ManualEncrypted       needs a password
│   ├── ManualDamaged         the file is broken
│   ├── ManualTooLarge        unpacked, or in rows, it is more than a box can read
│   ├── ManualUnsafe          it holds what no manual needs: entities, paths that lead outside, archives in archives
│   ├── OldFormat             a Word, Excel or PowerPoint file from before 2007
│   ├── OcrMissing            pictures only, and text recognition is not installed
│   ├── ReaderCrashed         reading it ended the reader
│   ├── ReaderOverMemory      reading it needs more memory than a reader may have
│   └── ReaderTooSlow         reading it does not come to an end
├── OriginalLost          a file that was received has gone before it was read
├── ManualUnknown         no manual of that id or name
│   └── PageUnknown           no page of that number in it
├── PageNotDrawn          a page that cannot be shown as a picture
│   └── PageWithoutPicture    its format has no pages that look the same everywhere
├── AttributeRefused      a line or machine of a manual that cannot be one
├── ScopeUnknown          a search is narrowed to something that is not there
├── SynonymUnknown        no site word, or group of them, like that
├── SynonymsRefused       site words that cannot be taken
│   ├── WordRefused           a separator or control character in a word
│   ├── WordTooLong           a sentence rather than a word
│   ├── WordTooShort          one character, which stands everywhere
│   ├── WordsTooFew           a group of one word
│   ├── SynonymsFull          more groups or words than the limit
│   └── SynonymsUnreadable    a file that is no list of words
├── IndexStale            built with another embedder
├── VectorsAway           the vector server does not answer; search goes by codes and keywords
└── IndexBusy             another process is changing this index
"""

from __future__ import annotations


class IndexFailed(Exception):
    """Base of all errors here. ``remedy`` is the sentence or command that helps; ``code`` is stable for programs and
    for the wording in the reader's language."""

    code = "index_failed"

    def __init__(self, message: str, remedy: str = "", **details: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.details = details

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class ManualUnreadable(IndexFailed):
    code = "manual_unreadable"


class UnknownFormat(ManualUnreadable):
    code = "unknown_format"


class EmptyManual(ManualUnreadable):
    code = "empty_manual"


class ManualEncrypted(ManualUnreadable):
    code = "manual_encrypted"


class ManualDamaged(ManualUnreadable):
    code = "manual_damaged"


class ManualTooLarge(ManualUnreadable):
    code = "manual_too_large"


class ManualUnsafe(ManualUnreadable):
    code = "manual_unsafe"


class OldFormat(ManualUnreadable):
    code = "old_format"


class OcrMissing(ManualUnreadable):
    code = "ocr_missing"


class ReaderCrashed(ManualUnreadable):
    code = "reader_crashed"


class ReaderOverMemory(ManualUnreadable):
    code = "reader_over_memory"


class ReaderTooSlow(ManualUnreadable):
    code = "reader_too_slow"


class OriginalLost(IndexFailed):
    code = "original_lost"


class ManualUnknown(IndexFailed):
    code = "manual_unknown"


class PageUnknown(ManualUnknown):
    code = "page_unknown"


class PageNotDrawn(IndexFailed):
    code = "page_not_drawn"


class PageWithoutPicture(PageNotDrawn):
    code = "page_without_picture"


class IndexStale(IndexFailed):
    code = "index_stale"


class VectorsAway(IndexFailed):
    code = "vectors_away"


class IndexBusy(IndexFailed):
    code = "index_busy"


class AttributeRefused(IndexFailed):
    code = "attribute_refused"


class ScopeUnknown(IndexFailed):
    code = "scope_unknown"


class SynonymUnknown(IndexFailed):
    code = "synonym_unknown"


class SynonymsRefused(IndexFailed):
    code = "synonyms_refused"


class WordRefused(SynonymsRefused):
    code = "word_refused"


class WordTooLong(SynonymsRefused):
    code = "word_too_long"


class WordTooShort(SynonymsRefused):
    code = "word_too_short"


class WordsTooFew(SynonymsRefused):
    code = "words_too_few"


class SynonymsFull(SynonymsRefused):
    code = "synonyms_full"


class SynonymsUnreadable(SynonymsRefused):
    code = "synonyms_unreadable"
