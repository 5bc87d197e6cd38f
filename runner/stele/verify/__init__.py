"""Whether to believe a record. Every check returns a finding; none raises on bad evidence."""
