"""`make bench`: what the intake of a mail costs, beside the libraries that it can't do without."""
