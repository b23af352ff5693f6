"""A remote study: the pages that its participants see, and the command that exports what they did."""
