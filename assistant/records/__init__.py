"""Records: what was asked and answered, what people said of it, and what the manuals lack."""
