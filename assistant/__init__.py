"""question -> answer; settings; HTTP service; the only place where index and edge meet."""
