#!/usr/bin/env python3
"""Why probes of config_rules differ: which messages are not implemented, and what is implemented and differs.

  tests/conformance/rules.py --proxy BINARY [--suite DIR]      prints counts and a table in Markdown

Plays what passing-probes/config_rules.txt does not list, in validate mode. A refusal that says "not supported" or does not know a type is a message, field or
extension that is not implemented; anything else differs. A message counts as implemented when a configuration with it is accepted: its share is told
with the fields that it lacks, too.
"""
import argparse
import collections
import concurrent.futures
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FAMILY = "config_rules"
MISSING = re.compile(r"not supported|no extension|unknown type|unknown field|is not known|cannot be used|no such")


def load_family(suite):
    sys.path.insert(0, suite)
    path = os.path.join(suite, "battery", "families", FAMILY + ".py")
    spec = importlib.util.spec_from_file_location(FAMILY, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Validator:
    """Asks the proxy whether it takes a configuration; keeps what it says."""

    def __init__(self, proxy):
        self.proxy = proxy

    def validate(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8", errors="surrogateescape") as f:
            f.write(text)
            f.flush()
            try:
                out = subprocess.run([self.proxy, "-c", f.name, "--mode", "validate", "-l", "error"], capture_output=True, text=True, timeout=30)
            except subprocess.TimeoutExpired:
                return "timeout", ""
        return ("accept" if out.returncode == 0 else "reject"), out.stderr + out.stdout


def message_of(ident):
    parts = ident.split("/")
    return "/".join(parts[:2]) if parts[0] == "rule" else parts[0]


def by_message(probes, passing):
    """Probes of messages that are implemented, and how many of them pass."""
    taken = {message_of(p["id"]) for p in probes if p["id"] in passing and p["seen"]["config"] == "accept"}
    concerned = [p for p in probes if message_of(p["id"]) in taken]
    return len(concerned), sum(p["id"] in passing for p in concerned)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--proxy", required=True)
    ap.add_argument("--suite", default=os.path.join(os.path.dirname(ROOT), "shared", "conformance"))
    ap.add_argument("--show", type=int, default=0, help="prints so many of those that differ, with what the proxy says")
    args = ap.parse_args()
    family = load_family(args.suite)
    with open(os.path.join(args.suite, "battery", "goldens", FAMILY + ".jsonl"), encoding="utf-8") as f:
        probes = [json.loads(line) for line in f]
    with open(os.path.join(HERE, "passing-probes", FAMILY + ".txt"), encoding="utf-8") as f:
        passing = set(f.read().split("\n"))

    player = family.Player(None)
    validator = Validator(args.proxy)

    def play(probe):
        return validator.validate(json.dumps(probe["in"]).replace("@DIR@", player.dir))

    todo = [p for p in probes if p["id"] not in passing]
    missing, differs, passes = collections.Counter(), [], 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for probe, (verdict, text) in zip(todo, pool.map(play, todo)):
            if verdict == probe["seen"]["config"]:
                passes += 1
            elif verdict == "reject" and MISSING.search(text):
                missing[message_of(probe["id"])] += 1
            else:
                differs.append((probe, verdict, text))
    player.close()

    implemented = len(probes) - sum(missing.values())
    right = implemented - len(differs)
    print(f"{len(probes)} probes: {right} as Envoy, {sum(missing.values())} of what is not implemented, {len(differs)} differ; "
          f"{right / implemented:.1%} of what is implemented. ({passes} pass that the list has not.)")
    count, passed = by_message(probes, passing)
    print(f"Of messages that are implemented, with the fields they lack: {passed} of {count}, {passed / count:.1%}.\n")
    print("| message | probes |\n| --- | --- |")
    for message, count in sorted(missing.items()):
        print(f"| `{message}` | {count} |")
    for probe, verdict, text in differs[:args.show]:
        print(f"\n{probe['id']}: {verdict}, Envoy: {json.dumps(probe['seen'])}\n  {json.dumps(probe['in'])[:500]}\n  {text.strip()[-400:]}")


main()
