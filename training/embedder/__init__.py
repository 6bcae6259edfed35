"""The bilingual embedder: pairs of texts, vocabulary, static start, student, export. ``run`` tells the story."""
