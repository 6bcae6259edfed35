"""a two-choice test of what a model knows: built without leaks, scored without help, with honest intervals."""
