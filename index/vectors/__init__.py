"""vectors of passages: kept by Chroma, searched in a mapped file beside it, each made again from the other."""
