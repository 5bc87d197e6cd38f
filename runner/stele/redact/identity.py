"""Who and where we are, so that it can be kept out of records."""

import os
import re
import socket

IMPERSONAL_USERS = frozenset(
    "root admin administrator guest nobody runner test ubuntu user users".split()
)
"""Names that say nothing about a person; replacing them would only spoil words in logs."""

IMPERSONAL_HOSTS = frozenset("localhost localdomain host node".split())

SHORTEST_NAME = 3


def identity_literals():
    """(text, replacement, rule, whole words only) for home, user and host, longest first."""
    literals = []
    for home in _home_directories():
        literals.append((home, "${HOME}", "home-directory", False))
    for user in _user_names():
        literals.append((user, "${USER}", "user-name", True))
    for host in _host_names():
        literals.append((host, "${HOST}", "host-name", True))
    return literals


def _home_directories():
    homes = {os.environ.get("HOME", ""), os.path.expanduser("~")}
    homes.update(os.path.realpath(home) for home in list(homes) if home.startswith("/"))
    return {home.rstrip("/") for home in homes if re.match(r"/[^/]", home)}


def _user_names():
    names = {os.environ.get(name, "") for name in ("USER", "LOGNAME")}
    try:
        import pwd

        names.add(pwd.getpwuid(os.getuid()).pw_name)
    except (ImportError, KeyError):
        pass  # A container may run under a number that has no name.
    return {n for n in names if len(n) >= SHORTEST_NAME and n.lower() not in IMPERSONAL_USERS}


def _host_names():
    host = socket.gethostname()
    names = {host, host.split(".")[0]}
    return {n for n in names if len(n) >= SHORTEST_NAME and n.lower() not in IMPERSONAL_HOSTS}
