"""question -> hits: what it names, its terms, candidates, their order."""
