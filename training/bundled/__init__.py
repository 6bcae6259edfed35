"""The model that ships: from open text to a GGUF file, its scores and its card."""
