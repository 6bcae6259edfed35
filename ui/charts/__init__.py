"""Charts: small pictures of figures, as SVG within the page: no script, no library, a table beside each."""
