using System.Text.RegularExpressions;

namespace Proxy.Filters.Admin;

/// <summary>Compiles the <c>filter</c> parameter: a regular expression that may match anywhere in a name. Linear in the name's length.</summary>
internal static class NameFilter
{
    /// <summary>False with a fault for a pattern that is none; the filter is null when all names pass.</summary>
    public static bool TryCompile(string? pattern, bool invert, out Func<string, bool>? filter, out string fault)
    {
        filter = null;
        fault = "";
        if (string.IsNullOrEmpty(pattern))
        {
            return true;
        }

        try
        {
            var regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            filter = name => regex.IsMatch(name) != invert;
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            fault = $"Invalid regular expression: {e.Message}\n";
            return false;
        }
    }
}
