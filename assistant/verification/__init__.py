"""Verification: whether each sentence of a model stands in the passages that it cites."""
