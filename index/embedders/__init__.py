"""texts -> unit vectors, and the vectors made again when the embedder changes."""
