"""Who may do what on a store's server."""
