using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text;

namespace Proxy.Tls;

/// <summary>A list of cipher suites as Envoy writes it: groups of equals in <c>[A|B]</c>, of which the client's order picks, parts joined by colons.</summary>
internal sealed class CipherList
{
    public const string Default =
        "[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305]:[ECDHE-RSA-AES128-GCM-SHA256|ECDHE-RSA-CHACHA20-POLY1305]:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";

    private static readonly FrozenDictionary<string, ushort> Known = new Dictionary<string, ushort>
    {
        ["ECDHE-ECDSA-AES128-GCM-SHA256"] = 0xc02b,
        ["ECDHE-ECDSA-AES256-GCM-SHA384"] = 0xc02c,
        ["ECDHE-ECDSA-CHACHA20-POLY1305"] = 0xcca9,
        ["ECDHE-RSA-AES128-GCM-SHA256"] = 0xc02f,
        ["ECDHE-RSA-AES256-GCM-SHA384"] = 0xc030,
        ["ECDHE-RSA-CHACHA20-POLY1305"] = 0xcca8,
        ["ECDHE-ECDSA-AES128-SHA"] = 0xc009,
        ["ECDHE-ECDSA-AES256-SHA"] = 0xc00a,
        ["ECDHE-ECDSA-AES128-SHA256"] = 0xc023,
        ["ECDHE-RSA-AES128-SHA"] = 0xc013,
        ["ECDHE-RSA-AES256-SHA"] = 0xc014,
        ["ECDHE-RSA-AES128-SHA256"] = 0xc027,
        ["AES128-GCM-SHA256"] = 0x9c,
        ["AES256-GCM-SHA384"] = 0x9d,
        ["AES128-SHA"] = 0x2f,
        ["AES256-SHA"] = 0x35,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // The names of the registry, which BoringSSL takes as well.
    private static readonly FrozenDictionary<string, string> StandardNames = Known.Keys.ToFrozenDictionary(
        static name => "TLS_" + (name.StartsWith("ECDHE", StringComparison.Ordinal) ? "" : "RSA_WITH_") + Standard(name), static name => name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<ushort, string> Names = Known.ToFrozenDictionary(static suite => suite.Value, static suite => suite.Key);

    private readonly (string Name, ushort Number)[][] _groups;
    private readonly HashSet<ushort> _numbers;

    private CipherList((string, ushort)[][] groups)
    {
        _groups = groups;
        _numbers = [.. groups.SelectMany(static group => group).Select(static suite => suite.Item2)];
        Text = string.Join(':', groups.SelectMany(static group => group).Select(static suite => suite.Item1));
        HasChoices = Array.Exists(groups, static group => group.Length > 1);
    }

    /// <summary>The list as OpenSSL takes it.</summary>
    public string Text { get; }

    /// <summary>There are groups of equals.</summary>
    public bool HasChoices { get; }

    /// <summary>OpenSSL's name of a suite up to TLS 1.2; null for others.</summary>
    public static string? NameOf(ushort number) => Names.GetValueOrDefault(number);

    /// <summary>Reads a list, or null when it names a suite that is not known; an empty one is the default.</summary>
    public static CipherList? Parse(string text)
    {
        var groups = new List<(string Name, ushort Number)[]>();
        foreach (var part in Parts(text.Length == 0 ? Default : text))
        {
            if (part == "ALL")
            {
                groups.AddRange(Known.OrderBy(static suite => suite.Key, StringComparer.Ordinal).Select(static suite => new[] { (suite.Key, suite.Value) }));
                continue;
            }

            if (part.StartsWith('!'))
            {
                if (!TryExclude(groups, part[1..]))
                {
                    return null;
                }

                continue;
            }

            var group = new List<(string, ushort)>();
            foreach (var suite in part.Split('|'))
            {
                var name = StandardNames.GetValueOrDefault(suite, suite);
                if (!Known.TryGetValue(name, out var number))
                {
                    return null;
                }

                group.Add((name, number));
            }

            groups.Add([.. group]);
        }

        return new CipherList([.. groups]);
    }

    /// <summary>The number of a suite is in the list.</summary>
    public bool Contains(ushort number) => _numbers.Contains(number);

    /// <summary>The list with groups of equals in the order of a client, as C text; null when that is the order they have already.</summary>
    /// <param name="suites">The client's suites, two bytes each, most wanted first.</param>
    public byte[]? OrderFor(ReadOnlySpan<byte> suites)
    {
        byte[]? ordered = null;
        foreach (var group in _groups)
        {
            if (group.Length > 1 && FirstOf(group, suites) is > 0)
            {
                ordered = Encoding.ASCII.GetBytes(Ordered(suites) + '\0');
                break;
            }
        }

        return ordered;
    }

    // By name, or by how the server authenticates itself.
    private static bool TryExclude(List<(string Name, ushort Number)[]> groups, string what)
    {
        var name = StandardNames.GetValueOrDefault(what, what);
        Func<string, bool>? goes = what switch
        {
            "aRSA" => static suite => !suite.Contains("ECDSA", StringComparison.Ordinal),
            "aECDSA" => static suite => suite.Contains("ECDSA", StringComparison.Ordinal),
            _ when Known.ContainsKey(name) => suite => suite == name,
            _ => null,
        };
        if (goes is null)
        {
            return false;
        }

        for (var i = groups.Count - 1; i >= 0; i--)
        {
            groups[i] = Array.FindAll(groups[i], suite => !goes(suite.Name));
            if (groups[i].Length == 0)
            {
                groups.RemoveAt(i);
            }
        }

        return true;
    }

    private static string Standard(string name) => name
        .Replace("ECDHE-ECDSA-", "ECDHE_ECDSA_WITH_", StringComparison.Ordinal)
        .Replace("ECDHE-RSA-", "ECDHE_RSA_WITH_", StringComparison.Ordinal)
        .Replace("CHACHA20-POLY1305", "CHACHA20_POLY1305_SHA256", StringComparison.Ordinal)
        .Replace("AES128-GCM", "AES_128_GCM", StringComparison.Ordinal)
        .Replace("AES256-GCM", "AES_256_GCM", StringComparison.Ordinal)
        .Replace("AES128-", "AES_128_CBC_", StringComparison.Ordinal)
        .Replace("AES256-", "AES_256_CBC_", StringComparison.Ordinal)
        .Replace('-', '_');

    private static IEnumerable<string> Parts(string text) => text
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(static part => part.StartsWith('[') && part.EndsWith(']') ? part[1..^1] : part);

    // The member of a group that the client wants most; 0 when it wants none.
    private static int FirstOf((string Name, ushort Number)[] group, ReadOnlySpan<byte> suites)
    {
        for (; suites.Length >= 2; suites = suites[2..])
        {
            var number = BinaryPrimitives.ReadUInt16BigEndian(suites);
            var place = Array.FindIndex(group, suite => suite.Number == number);
            if (place >= 0)
            {
                return place;
            }
        }

        return 0;
    }

    private string Ordered(ReadOnlySpan<byte> suites)
    {
        var names = new List<string>();
        foreach (var group in _groups)
        {
            var first = FirstOf(group, suites);
            names.Add(group[first].Name);
            names.AddRange(group.Where((_, i) => i != first).Select(static suite => suite.Name));
        }

        return string.Join(':', names);
    }
}
