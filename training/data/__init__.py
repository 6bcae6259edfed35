"""a site's FAQ tables and manuals -> cleaned entries, fact groups, splits and text to train on."""
