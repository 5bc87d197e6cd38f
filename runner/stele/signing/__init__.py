"""A depositor's own key: making it, keeping it, signing with it."""
