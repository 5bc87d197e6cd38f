"""Reading a bundle (docs/format.md, section 9) without trusting it."""
