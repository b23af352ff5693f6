"""Looking after stores: backups, moving from one kind to another, giving back space."""
