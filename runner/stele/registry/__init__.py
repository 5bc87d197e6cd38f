"""Talking to a registry: connections, uploads that send only what is missing, downloads that resume."""
