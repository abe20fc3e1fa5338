"""A fuzzer over reader and check: whatever the file, the command ends in 0 or 1, in Chinese, within time and memory.

    PYTHONPATH=. python tests/fuzz/fuzz.py --seconds 3600 --out FOLDER

With atheris (``pip install atheris``) the bytes that decide are steered by the lines of ``balancelib.county`` that they reach;
without, they are random. What fails is kept in FOLDER, one file for each place in the code, and the run goes on.
"""

import argparse
import contextlib
import io
import random
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

try:
    import atheris
except ImportError:
    atheris = None

with atheris.instrument_imports(include=["balancelib.county"]) if atheris else contextlib.nullcontext():
    from mutate import broken

    from balancelib.cli import main
    from balancelib.county import doctor, tables, workbook  # noqa: F401  loaded where they are instrumented

LONGEST = 10.0  # seconds of processor
MOST_MEMORY = 2**20  # kB
CHINESE = re.compile("[\u4e00-\u9fff]")
PROCESS = Path("/proc/self")
SEEN = Counter()  # exit codes, and failures by place


def peak() -> int:
    """Return the most memory of this process since `clear_refs`, in kB."""
    return int(re.search(r"VmHWM:\s*(\d+)", PROCESS.joinpath("status").read_text())[1])


def failure(path: Path) -> str:
    """Run ``balancelib check`` on a path; say what is wrong with how it ended, or nothing."""
    PROCESS.joinpath("clear_refs").write_text(
        "5"
    )  # the peak of memory begins anew: what the fuzzer holds is not the reader's
    held = peak()
    out, start = io.StringIO(), time.process_time()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = main(["check", str(path)])
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return f"{type(error).__name__} at {place_of(error)}\n{traceback.format_exc()}"
    SEEN[f"exit {code}"] += 1
    text = out.getvalue()
    if code not in (0, 1) or not CHINESE.search(text) or "Traceback" in text or "\x1b" in text:
        return f"exit {code} with {text[:300]!r}"
    if time.process_time() - start > LONGEST:
        return "takes too long"
    if peak() - held > MOST_MEMORY:
        return "takes too much memory"
    return ""


def place_of(error: BaseException) -> str:
    """File and line of ours where an error was raised or passed."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "balancelib" in frame.filename]
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"


def attempt(data: bytes, keep: Path | None = None) -> str:
    """Make a county of bytes, check it, and keep the bytes where that failed."""
    with tempfile.TemporaryDirectory() as folder:
        found = failure(broken(data, Path(folder)))
    if found:
        name = found.partition("\n")[0][:80]
        SEEN[name] += 1
        if keep and SEEN[name] == 1:
            at = keep / re.sub(r"[^\w.]+", "_", name)
            at.with_suffix(".bytes").write_bytes(data)
            at.with_suffix(".txt").write_text(found, encoding="utf-8")
            print(f"FAILED {found}", flush=True)
    return found


def at_random(seed: int, seconds: float, keep: Path | None = None, most: int | None = None) -> list[str]:
    """Try random bytes for some time, or so many; return what failed."""
    rng, end, found = random.Random(seed), time.monotonic() + seconds, []
    while time.monotonic() < end and (most is None or SEEN["cases"] < most):
        SEEN["cases"] += 1
        found.append(attempt(rng.randbytes(rng.choice((4, 16, 64, 256))), keep))
    return [one for one in found if one]


def guided(seconds: int, keep: Path) -> None:
    """Let atheris choose the bytes; it ends the process."""
    start = last = time.monotonic()

    def one(data: bytes) -> None:
        nonlocal last
        SEEN["cases"] += 1
        attempt(data, keep)
        if time.monotonic() - last > 60:
            last = time.monotonic()
            print(f"{last - start:.0f} s: {dict(SEEN)}", flush=True)

    corpus = keep / "corpus"
    corpus.mkdir(exist_ok=True)
    rng = random.Random(0)
    for i in range(50):
        (corpus / f"seed{i}").write_bytes(rng.randbytes(rng.choice((4, 16, 64, 256))))
    options = [
        f"-max_total_time={seconds}",
        "-max_len=512",
        "-timeout=300",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


def run() -> int:
    """Read the arguments and fuzz."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if atheris:
        guided(options.seconds, options.out)
    found = at_random(options.seed, options.seconds, options.out)
    print(dict(SEEN))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(run())
