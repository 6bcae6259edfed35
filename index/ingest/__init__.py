"""file -> searchable manual, in one step or not at all, whatever the file or the power does."""
