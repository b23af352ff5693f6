"""Runs of trainings: their history, their curves, what they saved."""
