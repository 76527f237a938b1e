"""Every letter of the product as a page to look through: `make letters`."""
