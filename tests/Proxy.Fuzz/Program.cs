using Proxy.Fuzz.Targets;
using SharpFuzz;

// Proxy.Fuzz TARGET              one run on standard input, as AFL++ wants it
// Proxy.Fuzz TARGET FILE …       plays files, for looking at what was found
if (args.Length == 0 || !FuzzTargets.All.TryGetValue(args[0], out var target))
{
    Console.Error.WriteLine($"usage: Proxy.Fuzz {string.Join('|', FuzzTargets.All.Keys)} [FILE …]");
    return 1;
}

foreach (var file in args.Skip(1))
{
    Console.WriteLine(file);
    target(File.ReadAllBytes(file));
}

if (args.Length == 1)
{
    Fuzzer.Run(stream =>
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        target(memory.ToArray());
    });
}

return 0;
