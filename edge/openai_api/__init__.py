"""Models behind an OpenAI-compatible endpoint on the site: vLLM, llama-server, ollama, MLC, LM Studio."""
