"""What is archived: the JSON that is hashed, the names of bytes, paths, and manifests."""
