"""A story of two: an engineer trains and publishes a model, a clinician uses and corrects it.

No images of patients are in it: :mod:`.lesions` draws what stands in for a clinic's.
"""
