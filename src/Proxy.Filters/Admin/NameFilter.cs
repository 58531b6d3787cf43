using System.Text.RegularExpressions;

namespace Proxy.Filters.Admin;

/// <summary>Compiles regular expressions that choose names. Linear in the name's length.</summary>
internal static class NameFilter
{
    /// <summary>The <c>filter</c> parameter: it may match anywhere in a name. False with a fault for a pattern that is none; the filter is null when all names pass.</summary>
    public static bool TryCompile(string? pattern, bool invert, out Func<string, bool>? filter, out string fault)
    {
        var compiled = TryCompile(pattern, out var regex, out var reason);
        filter = regex is null ? null : name => regex.IsMatch(name) != invert;
        fault = compiled ? "" : $"Invalid regular expression: {reason}\n";
        return compiled;
    }

    /// <summary>The <c>name_regex</c> parameter: it has to match a whole name.</summary>
    public static bool TryCompileWhole(string? pattern, out Func<string, bool>? filter, out string fault)
    {
        // The pattern by itself is tried first: it must not close the group.
        Regex? whole = null;
        var compiled = TryCompile(pattern, out var regex, out fault) && (regex is null || TryCompile($"\\A(?:{pattern})\\z", out whole, out fault));
        filter = whole is null ? null : whole.IsMatch;
        return compiled;
    }

    private static bool TryCompile(string? pattern, out Regex? regex, out string fault)
    {
        regex = null;
        fault = "";
        if (string.IsNullOrEmpty(pattern))
        {
            return true;
        }

        try
        {
            regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            fault = e.Message;
            return false;
        }
    }
}
