"""When a record became public: reading and checking a transparency log (C2SP tlog-tiles)."""
