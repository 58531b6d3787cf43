namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>Finds the name that a writer most likely meant.</summary>
internal static class Suggestion
{
    private const int LongestName = 200;

    /// <summary><c>did you mean X?</c> when one of the names is close, else null.</summary>
    public static string? DidYouMean(string given, IEnumerable<string> names) =>
        Closest(given, names) is { } name ? $"did you mean {name}?" : null;

    public static string? Closest(string given, IEnumerable<string> names)
    {
        // Long names differ by a word or a typo, short ones by a letter at most.
        var (best, limit) = ((string?)null, Math.Clamp(given.Length / 3, 1, 4) + 1);
        foreach (var name in given.Length <= LongestName ? names : [])
        {
            if (Math.Abs(name.Length - given.Length) < limit && Distance(given, name, limit) is var d && d < limit)
            {
                (best, limit) = (name, d);
            }
        }

        return best;
    }

    /// <summary>Edits between two names ignoring case, where swapping neighbours is one; <paramref name="limit"/> when it is that many or more.</summary>
    private static int Distance(string a, string b, int limit)
    {
        var width = b.Length + 1;
        var (before, last, row) = (new int[width], new int[width], new int[width]);
        for (var j = 0; j < width; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            var least = i;
            for (var j = 1; j < width; j++)
            {
                var same = Same(a[i - 1], b[j - 1]);
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }

                least = Math.Min(least, row[j]);
            }

            if (least >= limit)
            {
                return limit;
            }

            (before, last, row) = (last, row, before);
        }

        return last[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
