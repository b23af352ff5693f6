"""Where the rows of a table come from."""
