#!/usr/bin/env python3
"""The conformance ratchet: what once behaved as recorded from Envoy must go on doing so.

  tests/conformance/run.py --proxy BINARY             checks the lists; fails when one of them no longer passes
  tests/conformance/run.py --proxy BINARY --update    plays everything and adds what passes now; never takes anything off

passing-cases.txt holds the cases that pass, passing-probes/FAMILY.txt the probes, one a line. The cases, probes and recordings are a checkout of their
own: ../shared/conformance beside this repository, or --suite DIR. Without it nothing is checked, and that is said.
What fails is played once more, alone, before it counts: a busy machine is no difference in behaviour.
"""
import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CASES = os.path.join(HERE, "passing-cases.txt")
PROBES = os.path.join(HERE, "passing-probes")
ARGUMENTS = "-c {config} --concurrency 1 --base-id {id} --disable-hot-restart -l error"


def read_list(path):
    try:
        with open(path, encoding="utf-8") as f:
            return [line.rstrip("\n") for line in f if line.strip()]
    except OSError:
        return []


def write_list(path, ids):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(i + "\n" for i in sorted(ids))


# ------------------------------------------------------------------- cases

def play_cases(args, ids, jobs):
    """{id: passed} of the cases, and what was printed about the failed ones."""
    command = [sys.executable, os.path.join(args.suite, "run.py"), "compare", "--jobs", str(jobs), "--proxy", args.command]
    for i in ids:
        command += ["--cases", i]
    out = subprocess.run(command, capture_output=True, text=True).stdout
    verdicts = {i: word == "PASS" for word, i in re.findall(r"^(PASS|FAIL|SKIP) (\S+)", out, re.M)}
    reports = {i: text for i, text in re.findall(r"^FAIL (\S+)[^\n]*\n((?:[ \t]+[^\n]*\n)*)", out, re.M)}
    return verdicts, reports


def all_cases(args):
    out = subprocess.run([sys.executable, os.path.join(args.suite, "run.py"), "list"], capture_output=True, text=True).stdout
    return re.findall(r"^(?:open|held|\?)\s+(\S+/\S+)", out, re.M)


def check_cases(args):
    listed = read_list(CASES)
    ids = all_cases(args) if args.update else listed
    if not ids:
        return 0, []
    verdicts, reports = play_cases(args, ids, args.jobs)
    again = [i for i in listed if not verdicts.get(i)]
    if again:
        late, reports = play_cases(args, again, 1)
        verdicts.update({i: True for i, passed in late.items() if passed})
    failed = [i for i in listed if not verdicts.get(i)]
    for i in failed:
        print(f"FAILED case {i}\n{reports.get(i, '')}", end="")
    if args.update:
        fresh = {i for i, passed in verdicts.items() if passed} - set(listed)
        write_list(CASES, set(listed) | fresh)
        print(f"cases: {sum(verdicts.values())} of {len(ids)} pass, {len(fresh)} added")
        listed += fresh
    return len(listed) - len(failed), failed


# ------------------------------------------------------------------ probes

def families(args):
    return sorted(name[:-6] for name in os.listdir(os.path.join(args.suite, "battery", "goldens")) if name.endswith(".jsonl"))


def play_probes(args, family, ids):
    """{id: reason} of the probes that differ; ids None plays all."""
    golden = os.path.join(args.suite, "battery", "goldens", family + ".jsonl")
    with tempfile.TemporaryDirectory(prefix="ratchet-") as folder:
        chosen = None if ids is None else set(ids)
        with open(golden, encoding="utf-8") as f, open(os.path.join(folder, family + ".jsonl"), "w", encoding="utf-8") as to:
            to.writelines(line for line in f if chosen is None or json.loads(line)["id"] in chosen)
        result = os.path.join(folder, "result.json")
        run = subprocess.run([sys.executable, os.path.join(args.suite, "battery", "run.py"), "compare", "--families", family, "--goldens", folder,
                              "--json", result, "--show", "0", "--proxy", args.command], capture_output=True, text=True)
        try:
            with open(result, encoding="utf-8") as f:
                return dict(json.load(f).get(family, {"failed": []})["failed"])
        except OSError:
            print(f"probes {family}: the suite did not finish\n{(run.stdout + run.stderr)[-1500:]}")
            return None


def ids_of(args, family):
    with open(os.path.join(args.suite, "battery", "goldens", family + ".jsonl"), encoding="utf-8") as f:
        return [json.loads(line)["id"] for line in f]


def check_family(args, family):
    path = os.path.join(PROBES, family + ".txt")
    listed = read_list(path)
    known = ids_of(args, family)
    wanted = known if args.update else listed
    if not wanted:
        return 0, []
    started = time.monotonic()
    differ = play_probes(args, family, None if args.update else wanted)
    if differ is None:
        return 0, [family + ": did not finish"] if listed else []
    again = [i for i in listed if i in differ]
    if again:
        late = play_probes(args, family, again)
        differ = {**{i: why for i, why in differ.items() if i not in again}, **({i: differ[i] for i in again} if late is None else late)}
    failed = [i for i in listed if i in differ]
    for i in failed[:20]:
        print(f"FAILED probe {family} {i}: {differ[i]}")
    if args.update:
        passing = set(known) - set(differ)
        write_list(path, set(listed) | passing)
        fresh = passing - set(listed)
        reasons = {}
        for why in differ.values():
            word = "UNSAFE" if "UNSAFE" in why else "stricter" if "stricter" in why else "differs"
            reasons[word] = reasons.get(word, 0) + 1
        print(f"probes {family}: {len(passing)} of {len(known)} pass, {len(fresh)} added; " + ", ".join(f"{n} {w}" for w, n in sorted(reasons.items())))
        listed += fresh
    else:
        print(f"probes {family}: {len(listed) - len(failed)} of {len(listed)} listed pass, {time.monotonic() - started:.0f} s")
    sys.stdout.flush()
    return len(listed) - len(failed), [f"{family} {i}" for i in failed]


# -------------------------------------------------------------------- main

def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--proxy", required=True, help="the proxy's binary")
    ap.add_argument("--suite", default=os.environ.get("CONFORMANCE_SUITE", os.path.join(ROOT, "..", "shared", "conformance")))
    ap.add_argument("--update", action="store_true", help="play everything and add what passes")
    ap.add_argument("--only", choices=["cases", "probes"])
    ap.add_argument("--families", help="of the probes; default all")
    ap.add_argument("--jobs", type=int, default=2)
    args = ap.parse_args()
    if not os.path.isfile(os.path.join(args.suite, "run.py")):
        print(f"conformance: skipped, there is no suite at {os.path.normpath(args.suite)}")
        return 0
    # A script in the background has SIGINT ignored, and so would all that it starts; a proxy is asked to leave by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    args.command = f"{os.path.abspath(args.proxy)} {ARGUMENTS}"
    passed, failed = 0, []
    if args.only != "probes":
        passed, failed = check_cases(args)
        print(f"cases: {passed} of {passed + len(failed)} listed pass")
        sys.stdout.flush()
    if args.only != "cases":
        for family in families(args):
            if not args.families or family in args.families.split(","):
                count, bad = check_family(args, family)
                passed, failed = passed + count, failed + bad
    print(f"conformance: {passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
