"""manuals -> passages -> hits."""
