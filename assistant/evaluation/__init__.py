"""Evaluation: question files, measures and comparisons, for retrieval and for answers."""
