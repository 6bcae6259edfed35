"""what the index knows, in one SQLite file: tables, rows, keywords, and who may write."""
