"""The admin page: one file a part, put together in page.py."""
