"""Paths with `*` and `?` (within one component) and `**` (any number of components)."""


def is_pattern(path):
    return "*" in path or "?" in path


def pattern_matches(pattern, path):
    return _matches(pattern.split("/"), path.split("/"), "**", _component_matches)


def _component_matches(pattern, component):
    return _matches(pattern, component, "*", _character_matches)


def _character_matches(pattern, character):
    return pattern in ("?", character)


def _matches(patterns, parts, any_number, matches):
    """Whether the patterns take up all the parts.

    Follows every way at once instead of trying one after the other: a pattern of
    many stars would otherwise take exponential time, and patterns come from strangers.
    """
    reached = {0}
    for pattern in patterns:
        if pattern == any_number:
            reached = set(range(min(reached), len(parts) + 1))
        else:
            reached = {n + 1 for n in reached if n < len(parts) and matches(pattern, parts[n])}
        if not reached:
            return False
    return len(parts) in reached
