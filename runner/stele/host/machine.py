"""Machine metadata for `run.machine`. No host name, user name or serial number is read."""

import os
import platform
import re
import sys

IN_A_JOB = ("SLURM_JOB_ID", "LSB_JOBID", "PBS_JOBID", "FLUX_JOB_ID", "COBALT_JOBID")

CPU_MODEL_NAMES = ("model name", "cpu", "uarch", "Model")
"""As /proc/cpuinfo calls it on x86, POWER, RISC-V and some ARM systems."""


def describe_machine():
    """What is not known is left out."""
    uname = os.uname()
    node = {
        "role": "batch" if any(name in os.environ for name in IN_A_JOB) else "login",
        "arch": uname.machine,
        "kernel": "%s %s" % (uname.sysname, uname.release),
        "os": _operating_system(),
        "glibc": _glibc_version(),
        "cpu": _cpu(_text_of("/proc/cpuinfo")),
        "memory": _memory_bytes(_text_of("/proc/meminfo")),
    }
    return {
        "nodes": [{name: value for name, value in node.items() if value}],
        "nodeCount": 1,
        "pythonVersion": platform.python_version(),
    }


def _text_of(path):
    try:
        with open(path, "r", encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def _operating_system():
    fields = dict(re.findall(r'^([A-Z_]+)="?([^"\n]*)"?$', _text_of("/etc/os-release"), re.M))
    if not fields.get("ID"):
        return {"id": sys.platform}
    described = {"id": fields["ID"]}
    if fields.get("VERSION_ID"):
        described["version"] = fields["VERSION_ID"]
    return described


def _glibc_version():
    try:
        # "glibc 2.36"; another C library has no such name.
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").replace("glibc ", "")
    except (ValueError, OSError):
        return ""


def _cpu(cpuinfo):
    fields = [line.partition(":") for line in cpuinfo.splitlines() if ":" in line]
    pairs = [(name.strip(), value.strip()) for name, _, value in fields]
    first = {}
    for name, value in pairs:
        first.setdefault(name, value)
    described = {
        "model": next((first[name] for name in CPU_MODEL_NAMES if first.get(name)), None),
        "vendor": first.get("vendor_id") or first.get("CPU implementer"),
        "sockets": len({value for name, value in pairs if name == "physical id"}),
        "cores": _core_count(pairs),
        "threads": os.cpu_count(),
        "allowed": _allowed_count(),
    }
    return {name: value for name, value in described.items() if value}


def _core_count(pairs):
    """Pairs of socket and core; hardware threads share one."""
    cores = set()
    socket = None
    for name, value in pairs:
        if name == "physical id":
            socket = value
        elif name == "core id":
            cores.add((socket, value))
    return len(cores)


def _allowed_count():
    """A job may use fewer processors than the node has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return None


def _memory_bytes(meminfo):
    match = re.search(r"^MemTotal:\s+(\d+) kB", meminfo, re.M)
    return int(match.group(1)) * 1024 if match else None
