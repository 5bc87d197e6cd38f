"""Carrying out a plan: values, files, stages, and a journal that survives a kill."""
