"""A warning for every verb that sends a token."""

from stele.registry.address import is_loopback, parse_address


def warn_of_open_wire(registry, token, console):
    address = parse_address(registry)
    if token is not None and address.scheme == "http" and not is_loopback(address.host):
        console.note(
            "warning: %s is not encrypted; others may read the token on the way" % registry
        )
