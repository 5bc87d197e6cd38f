"""Whether to believe a bundle. Every check returns findings; none raises on bad evidence."""
