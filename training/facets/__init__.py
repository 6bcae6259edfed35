"""Facets: what one share of right answers does not show: consistency, diversity, refusals, trust in margins."""
