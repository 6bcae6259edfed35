"""blocks of pages -> passages that can be quoted whole."""
