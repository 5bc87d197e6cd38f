"""Outputs against expectations: the rules of docs/format.md, "Comparison rules"."""
