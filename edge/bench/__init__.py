"""how fast a model speaks on this box, measured the same way for every runner and every endpoint."""
