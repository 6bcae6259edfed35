"""Stretches of manual text, of real pages and of made-up machines, with questions on them."""
