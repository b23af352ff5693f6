"""Components that show a table and follow one another."""
