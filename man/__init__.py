"""The manual pages, made of the commands' own help and of the comments of the preset."""
