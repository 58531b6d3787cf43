using System.Globalization;

namespace Proxy.Discovery.Dns;

/// <summary>How a short name is completed (<c>search</c>, <c>domain</c> and <c>options ndots</c> of <c>resolv.conf</c>).</summary>
/// <param name="Domains">What is tried behind the name, in order.</param>
/// <param name="Dots">A name with this many dots is tried as it is first. Default 1.</param>
internal sealed record SearchList(IReadOnlyList<string> Domains, int Dots)
{
    private const int MaxDots = 15;

    /// <summary>Names are taken as they are.</summary>
    public static SearchList None { get; } = new([], 1);

    /// <summary>That of this system.</summary>
    public static SearchList OfSystem(string path = "/etc/resolv.conf")
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return None;
        }
    }

    public static SearchList Parse(string text)
    {
        var list = None;
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2)
            {
                continue;
            }

            list = words[0] switch
            {
                "search" => list with { Domains = [.. words.Skip(1).Select(domain => domain.Trim('.')).Where(domain => domain.Length > 0)] },
                "domain" => list with { Domains = [words[1].Trim('.')] },
                "options" => list with { Dots = DotsOf(words, list.Dots) },
                _ => list,
            };
        }

        return list;
    }

    /// <summary>The full names to ask for, in order.</summary>
    public IEnumerable<string> Complete(string name)
    {
        if (name.EndsWith('.'))
        {
            return [name];
        }

        var completed = Domains.Select(domain => $"{name}.{domain}.");
        return name.Count(letter => letter == '.') >= Dots ? [name + ".", .. completed] : [.. completed, name + "."];
    }

    private static int DotsOf(string[] options, int before)
    {
        const string Option = "ndots:";
        var value = Array.FindLast(options, option => option.StartsWith(Option, StringComparison.Ordinal));
        return value is not null && int.TryParse(value.AsSpan(Option.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var dots)
            ? Math.Min(dots, MaxDots)
            : before;
    }
}
