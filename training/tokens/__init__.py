"""how a tokenizer cuts a site's text, and the site's terms added to it."""
