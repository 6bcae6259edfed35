"""one folder from which Andon installs on a box without a network."""
