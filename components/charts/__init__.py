"""Views of predictions and of training."""
