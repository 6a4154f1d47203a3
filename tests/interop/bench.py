#!/usr/bin/env python3
"""Measures podid against az, in pairs and alternating, on a sandbox of its own; prints a Markdown table.

    tests/interop/az.sh                    # once: installs az
    cargo build --release
    tests/interop/bench.py [--rounds 20] [--podid target/release/podid]

Wall time is taken around the process, CPU time from the kernel's account of it, peak memory by GNU time: a child's peak begins with
that of whoever forked it, and GNU time is small. Nothing but the standard library is used.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AZ = ROOT / ".cache/az/bin/az"
INSIDE = "INTEROP_BENCH"


def measure(command):
    """Runs a command to its end: wall seconds, CPU seconds, peak MiB."""
    with tempfile.NamedTemporaryFile() as memory:
        timed = ["/usr/bin/time", "-f", "%M", "-o", memory.name, *command]
        null = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
        start = time.perf_counter()
        pid = os.posix_spawn(timed[0], timed, os.environ, file_actions=null)
        _, status, usage = os.wait4(pid, 0)
        wall = time.perf_counter() - start
        if status != 0:
            sys.exit(f"{' '.join(command)}: exit code {os.waitstatus_to_exitcode(status)}")
        return wall, usage.ru_utime + usage.ru_stime, int(Path(memory.name).read_text().split()[-1]) / 1024


def prepare(podid):
    """One pod identity on the cluster, and az signed in with its token cached."""

    def run(*command):
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    identity = run(podid, "identity", "create", "-n", "reader", "--query", "id", "-o", "tsv")
    run(podid, "add", "--name", "reader", "--namespace", "demo", "--identity-resource-id", identity, "--grant", "--quiet")
    # The same few reads over and over would be throttled, on both sides.
    settings = [os.environ["PODID_SANDBOX"] + "/settings", "--data", '{"throttling": {"enabled": false}}']
    run("curl", "--silent", "--fail", "--cacert", os.environ["PODID_CA_FILE"], "-X", "PUT", *settings)
    run(AZ, "cloud", "register", "-n", "Emulator", "--endpoint-resource-manager", os.environ["PODID_ARM_ENDPOINT"] + "/")
    run(AZ, "cloud", "set", "-n", "Emulator")
    principal = [os.environ[f"AZURE_{name}"] for name in ("CLIENT_ID", "CLIENT_SECRET", "TENANT_ID")]
    run(AZ, "login", "--service-principal", "-u", principal[0], "-p", principal[1], "--tenant", principal[2])


def compare(pairs, rounds):
    """Rows of the table; every pair is run once to warm up, then alternating."""
    print("| command | wall, ms | CPU, ms | peak memory, MiB |\n|---|---|---|---|")
    for ours, theirs in pairs:
        samples = {ours: [], theirs: []}
        for name in (ours, theirs):
            measure(words(name))
        for _ in range(rounds):
            for name in (ours, theirs):
                samples[name].append(measure(words(name)))
        for name in (ours, theirs):
            cells = [column(samples[name], i, scale) for i, scale in ((0, 1000), (1, 1000), (2, 1))]
            print(f"| `{name}` | {' | '.join(cells)} |")
        ratios = [ratio(samples[theirs], samples[ours], i) for i in range(3)]
        print(f"| **az / podid** | {' | '.join(ratios)} |", flush=True)


def words(name):
    program, *rest = name.split()
    return [str(AZ) if program == "az" else os.environ[INSIDE], *rest]


def column(samples, i, scale):
    values = [sample[i] * scale for sample in samples]
    digits = 0 if statistics.median(values) >= 100 else 1
    return f"{statistics.median(values):.{digits}f} [{min(values):.{digits}f}..{max(values):.{digits}f}]"


def ratio(theirs, ours, i):
    """Of the medians, and of the smallest values: the quietest moment of each."""
    median = statistics.median(sample[i] for sample in theirs) / statistics.median(sample[i] for sample in ours)
    least = min(sample[i] for sample in theirs) / min(sample[i] for sample in ours)
    return f"**{median:.1f}** (of the minima {least:.1f})"


def inside(rounds):
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            AZURE_CONFIG_DIR=folder,
            AZURE_CORE_INSTANCE_DISCOVERY="false",
            AZURE_CORE_COLLECT_TELEMETRY="false",
            AZURE_CORE_ENCRYPT_TOKEN_CACHE="false",
            AZURE_CORE_ONLY_SHOW_ERRORS="true",
        )
        prepare(os.environ[INSIDE])
        load = os.getloadavg()[0]
        print(f"{rounds} alternating rounds, medians [min..max]; load of the machine before: {load:.1f}\n")
        pairs = [
            ("podid --help", "az aks -h"),
            ("podid list", "az identity list"),
            ("podid identity list", "az identity list"),
            ("podid nodepool list", "az aks nodepool list -g demo --cluster-name demo"),
        ]
        compare(pairs, rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--podid", type=Path, default=ROOT / "target/release/podid")
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    if os.environ.get(INSIDE):
        return inside(arguments.rounds)
    for needed in (arguments.podid, AZ, Path("/usr/bin/time")):
        if not needed.exists():
            sys.exit(f"{needed} is missing: see the top of {Path(__file__).name}")
    podid = str(arguments.podid.resolve())
    command = [podid, "sandbox", "run", "--quiet", "--time-scale", "0", "--", sys.executable, __file__]
    environment = os.environ | {INSIDE: podid}
    # az's launcher looks for its interpreter beside itself; nothing of the caller's environment may slow it down.
    environment.pop("PYTHONPATH", None)
    return subprocess.run([*command, "--rounds", str(arguments.rounds)], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
