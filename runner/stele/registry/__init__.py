"""Talking to a registry: uploads of only what is missing, downloads that resume."""
