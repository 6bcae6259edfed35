"""One file a subcommand of andon."""
