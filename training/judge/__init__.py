"""Judging: answers against references by rules first and a language model after, corrected by what people say."""
