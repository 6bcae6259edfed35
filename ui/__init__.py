"""doors for people - the andon command, the operator page and the admin page."""
