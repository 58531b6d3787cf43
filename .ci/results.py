#!/usr/bin/env python3
"""Counts what the test projects report, and names what failed.

  .ci/results.py FOLDER     reads the .trx files; prints "tests: N passed, N failed" as its last line

A test that fails is run once more, alone: when it passes then, it is named as unstable, since the machine and not the code may be what failed it, and
somebody has to look. It counts as passed. What fails again counts as failed and is shown with its message.
"""
import glob
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

TRX = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"
MOST_RETRIED = 5  # more than that is no accident


class Failure:
    def __init__(self, result, definition):
        method = definition.find(f"{TRX}TestMethod")
        self.name = f"{method.get('className')}.{result.get('testName')}"
        self.filter = f"{method.get('className')}.{method.get('name').split('(')[0]}"
        self.assembly = os.path.normpath(method.get("codeBase"))
        self.message = "\n".join(text for text in (
            result.findtext(f"{TRX}Output/{TRX}ErrorInfo/{TRX}Message"),
            result.findtext(f"{TRX}Output/{TRX}ErrorInfo/{TRX}StackTrace")) if text)

    def passes_alone(self):
        run = subprocess.run(["dotnet", self.assembly, "--filter", f"FullyQualifiedName~{self.filter}"], capture_output=True, text=True, timeout=300)
        return run.returncode == 0


def read(path):
    """(passed, failures) of one file. A test that was skipped is neither."""
    root = ElementTree.parse(path).getroot()
    definitions = {unit.get("id"): unit for unit in root.iter(f"{TRX}UnitTest")}
    results = list(root.iter(f"{TRX}UnitTestResult"))
    passed = sum(result.get("outcome") == "Passed" for result in results)
    failures = [Failure(result, definitions[result.get("testId")]) for result in results if result.get("outcome") not in ("Passed", "NotExecuted")]
    return passed, failures


def main():
    passed, failures = 0, []
    for path in sorted(glob.glob(os.path.join(sys.argv[1], "**", "*.trx"), recursive=True)):
        count, failed = read(path)
        passed += count
        failures += failed

    unstable = [failure for failure in failures if failure.passes_alone()] if len(failures) <= MOST_RETRIED else []
    for failure in failures:
        if failure in unstable:
            print(f"UNSTABLE, passed alone: {failure.name}")
        else:
            print(f"FAILED: {failure.name}")
        print("    " + failure.message.replace("\n", "\n    ")[:2000] + "\n")
    print(f"tests: {passed + len(unstable)} passed, {len(failures) - len(unstable)} failed")


main()
