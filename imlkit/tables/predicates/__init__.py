"""What is asked of the rows of a table, as values, in JSON, and on every engine."""
