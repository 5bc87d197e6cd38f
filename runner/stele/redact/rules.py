"""Patterns of private values: the same rules the registry refuses records by.

A leak in a permanent record cannot be undone, so the runner takes these out of
logs and command lines when they are written, not when they are sent.
"""

import re
from collections import namedtuple

Rule = namedtuple("Rule", "name expression hints")
"""`hints`: one of these must occur for the expression to match; searching for them is fast."""

EMAIL = Rule(
    "e-mail-address",
    re.compile(
        # git@host:path is how Git writes a remote; no person is named by it.
        r"(?<![\w.+-])(?!git@)[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
        r"\.[A-Za-z]{2,}(?![\w:])"
    ),
    ("@",),
)

SECRETS = (
    Rule(
        "private-key",
        # To the end of the text where the end line is missing: better too much than the key.
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S
        ),
        ("PRIVATE KEY-----",),
    ),
    Rule(
        "json-web-token",
        re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
        ("eyJ",),
    ),
    Rule("aws-access-key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), ("AKIA", "ASIA")),
    Rule(
        "service-token",
        re.compile(
            r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|hf_\w{20,}"
            r"|xox[abprs]-[\w-]{10,})"
        ),
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "hf_", "xox"),
    ),
    Rule("deposit-token", re.compile(r"\bstele_[\w-]{40,}"), ("stele_",)),
    Rule(
        "url-with-password",
        re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]{0,31}://[^\s/:@]{1,256}:[^\s/@]{1,256}@"),
        ("://",),
    ),
    Rule(
        "basic-authorization",
        re.compile(r"\bauthorization[\"']?\s*[:=]\s*[\"']?(?:basic|bearer)\s+\S{8,}", re.I),
        ("uthorization", "UTHORIZATION"),
    ),
    Rule(
        "secret-assignment",
        re.compile(
            r"\b[A-Z0-9_]*(?:TOKEN|SECRET|PASSWORD|PASSWD|APIKEY|API_KEY|ACCESS_KEY|PRIVATE_KEY)"
            r"[A-Z0-9_]*=(?!\d+\b)[^\s;&|]{6,}"
        ),
        ("TOKEN", "SECRET", "PASSW", "APIKEY", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY"),
    ),
)
"""Values that give somebody else the right to do something."""

ADDRESSES = (
    EMAIL,
    Rule(
        "mac-address",
        re.compile(r"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])"),
        (":",),
    ),
    Rule(
        "ip-address",
        re.compile(
            # Not version numbers: after a letter, @, - or the word "version" it is one.
            r"(?<![\w.@=-])(?<!version )(?<!Version )(?!127\.|0\.0\.0\.0)"
            r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
            r"(?![\w.-])"
        ),
        (".",),
    ),
)
"""Values that lead to a person or a machine."""

ALL = SECRETS + ADDRESSES
