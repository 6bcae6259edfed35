"""messages -> text, on this box."""
