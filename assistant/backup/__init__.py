"""Backup: a data folder as one file, and back: manuals and their originals, accounts, records; each byte checked."""
