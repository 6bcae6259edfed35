"""Task tuning: a task file and a larger model's texts make a small model classify; a hand-written set judges it."""
