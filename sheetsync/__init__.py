"""Purchase-order collaboration on a Google Sheet: the scheduled worker behind the tabs."""
