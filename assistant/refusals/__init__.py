"""Refusals: requests to defeat a guard, and texts of manuals that would instruct the model."""
