using System.Globalization;
using System.Runtime.InteropServices;

namespace Proxy.Host;

/// <summary>Gives back the pages of program files that only starting up has needed.</summary>
/// <remarks>
/// The kernel maps sixteen pages around each one touched, and starting touches nearly everything once: two thirds of what a resting process seems to
/// occupy. Pages that are needed again come back from the page cache without a read. Only the program, shared libraries and assemblies that are
/// mapped at the end of the start and still at the same place a second later are considered: they stay as long as the process lives, so that no other
/// memory can take their place meanwhile. Linux only; elsewhere nothing happens.
/// </remarks>
internal static unsafe partial class StartupPages
{
    private const string Memory = "/proc/self/smaps";
    private const int DontNeed = 4; // MADV_DONTNEED

    /// <summary>
    /// How long after the start the pages are given back: what starting has needed, and once more what first connections and requests have, when
    /// there were any.
    /// </summary>
    public static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)];

    /// <summary>What is mapped now and could be given back. From any thread.</summary>
    public static IReadOnlyCollection<(nuint Start, nuint Length)> Find()
    {
        return OperatingSystem.IsLinux() && File.Exists(Memory) ? [.. Clean(File.ReadLines(Memory), Environment.ProcessPath)] : [];
    }

    /// <summary>Gives back what <see cref="Find"/> found some time ago and finds again. From any thread.</summary>
    /// <param name="found">What it found.</param>
    public static void Release(IReadOnlyCollection<(nuint Start, nuint Length)> found)
    {
        foreach (var (start, length) in Find().Intersect(found))
        {
            _ = Advise((void*)start, length, DontNeed); // advice: what is not taken costs memory, nothing else
        }
    }

    /// <summary>The mappings in a <c>smaps</c> listing whose pages can be dropped: of program files, not writable, without a page changed in memory.</summary>
    /// <remarks>
    /// What the loader relocated is read-only by now and yet has no other copy: only a mapping without private (anonymous) pages loses nothing.
    /// </remarks>
    public static IEnumerable<(nuint Start, nuint Length)> Clean(IEnumerable<string> lines, string? program)
    {
        (nuint Start, nuint Length)? mapping = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                if (mapping is { } found && line.AsSpan(10).Trim() is "0 kB")
                {
                    yield return found;
                }

                mapping = null;
            }
            else if (char.IsAsciiHexDigitLower(line[0]))
            {
                mapping = IsProgramFile(line, program) ? ReadMapping(line) : null;
            }
        }
    }

    private static bool IsProgramFile(string line, string? program)
    {
        return line.EndsWith(".so", StringComparison.Ordinal) || line.Contains(".so.", StringComparison.Ordinal)
            || line.EndsWith(".dll", StringComparison.Ordinal) || (program is { Length: > 0 } && line.EndsWith(' ' + program, StringComparison.Ordinal));
    }

    // 55d0a1a00000-55d0a2177000 r-xp 00025000 fe:00 1234    /usr/bin/proxy
    private static (nuint Start, nuint Length)? ReadMapping(ReadOnlySpan<char> line)
    {
        var dash = line.IndexOf('-');
        var blank = line.IndexOf(' ');
        if (dash < 0 || blank < dash || line[(blank + 1)..] is not ['r', '-', _, 'p' or 's', ..])
        {
            return null;
        }

        return TryReadHex(line[..dash], out var start) && TryReadHex(line[(dash + 1)..blank], out var end) ? (start, end - start) : null;
    }

    private static bool TryReadHex(ReadOnlySpan<char> text, out nuint value)
    {
        return nuint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
