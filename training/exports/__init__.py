"""Exports: two-choice items for other people's evaluation programs."""
