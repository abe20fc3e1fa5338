"""The filter of system calls under which returned notebooks run: one process, no socket, no memory beside its own.

bubblewrap takes a compiled filter (``--seccomp``). This one refuses (``EPERM``) a few calls and lets all others pass: what starts
processes, so that no number of them gets past limits that count for one process (threads are its own, and solvers need them); what opens
sockets; what keeps memory that no limit of a process counts; and what reaches into other processes, or into rarely used parts of the kernel.
"""

import platform
import struct

EPERM, ENOSYS = 1, 38
# BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_JMP|JGE|K, BPF_JMP|JSET|K, BPF_RET|K
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data, of little-endian machines
KILL, ERRNO, ALLOW = 0x8000_0000, 0x0005_0000, 0x7FFF_0000
X32 = 0x4000_0000  # numbers from here on are of the x32 interface: the same calls once more
X86_64 = 0xC000_003E  # AUDIT_ARCH_X86_64
GENERIC = {"aarch64": 0xC000_00B7, "riscv64": 0xC000_00F3, "loongarch64": 0xC000_0102}  # one table of numbers

# Name of each call, its number on x86-64 and in the generic table (None: it has no such call).
REFUSED = {
    "fork": (57, None),
    "vfork": (58, None),
    "socket": (41, 198),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
CLONE, THREAD = (56, 220), 0x0001_0000  # threads are started with this flag, processes without
CLONE3 = 435  # everywhere; its flags lie in memory, so that libraries are sent back to clone


class UnknownMachine(Exception):  # noqa: N818  said to the trainer
    """No filter is known for this machine."""


def compiled(machine: str | None = None) -> bytes:
    """Return the filter as bubblewrap takes it, for this machine or another.

    Raises
    ------
    UnknownMachine
        Its numbers of system calls are not known here.
    """
    machine = machine or platform.machine()
    if machine == "x86_64":
        architecture, column = X86_64, 0
    elif machine in GENERIC:
        architecture, column = GENERIC[machine], 1
    else:
        raise UnknownMachine(machine)
    numbers = [both[column] for both in REFUSED.values() if both[column] is not None]
    lines = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
    ]
    lines += _refuse(AT_LEAST, X32, EPERM) if architecture == X86_64 else ()
    lines += [line for number in numbers for line in _refuse(EQUAL, number, EPERM)]
    lines += _refuse(EQUAL, CLONE3, ENOSYS)
    lines += [(EQUAL, 1, 0, CLONE[column]), (RETURN, 0, 0, ALLOW), (LOAD, 0, 0, FIRST_ARGUMENT)]
    lines += [(ANY_BIT, 1, 0, THREAD), (RETURN, 0, 0, ERRNO | EPERM), (RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def _refuse(comparison: int, number: int, error: int) -> tuple[tuple[int, int, int, int], ...]:
    """Two instructions: where the comparison holds the call fails with the error, else the next is looked at."""
    return (comparison, 0, 1, number), (RETURN, 0, 0, ERRNO | error)
