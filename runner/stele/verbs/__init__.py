"""The commands: each module describes its options and acts."""
