"""How well models do on data they were not trained on."""
