"""answers that are nearly right, mined for preference training: hard, and not secretly right."""
