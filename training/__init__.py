"""makes better models out of a site's own documents."""
