"""What a page's questions about a table are answered with."""
