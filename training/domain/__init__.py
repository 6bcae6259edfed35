"""Domain adaptation: a site's manuals and FAQ make a base model know the site (CPT, SFT, DPO), with proof."""
