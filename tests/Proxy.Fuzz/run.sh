#!/bin/sh
# Fuzzes one target with AFL++ (Debian: afl++) for a number of seconds: run.sh request 60
# What it finds is left in tests/Proxy.Fuzz/findings/TARGET; play it with: dotnet run --project tests/Proxy.Fuzz -- TARGET FILE
set -e
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?target} seconds=${2:-60} out=$here/bin/fuzz
mkdir -p "$here/findings"
rm -rf "$out" # an assembly can be instrumented once only
dotnet publish "$here" -c Release -o "$out" -v q
[ -x "$here/bin/tools/sharpfuzz" ] || dotnet tool install SharpFuzz.CommandLine --tool-path "$here/bin/tools" --version 2.3.0
"$here/bin/tools/sharpfuzz" "$out/Proxy.Core.dll"
AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
    afl-fuzz -i "$here/Corpus/$target" -o "$here/findings/$target" -t 10000 -m none -V "$seconds" dotnet "$out/Proxy.Fuzz.dll" "$target"
