"""A GGUF model through llama.cpp, in this process."""
