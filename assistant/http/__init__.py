"""The HTTP service: questions, manuals, records and an OpenAI-compatible door."""
