using System.Text;
using Proxy.Configuration;
using Proxy.Http;

namespace Proxy.Routing;

/// <summary>Finds the virtual host of a request: exact name, longest <c>*suffix</c>, longest <c>prefix*</c>, then <c>*</c>. Immutable.</summary>
internal sealed class VirtualHostIndex
{
    private const int OnStack = 256;

    private readonly HashTable _exact = new();
    private readonly SortedList<int, HashTable> _suffixes = new(LongestFirst);
    private readonly SortedList<int, HashTable> _prefixes = new(LongestFirst);
    private VirtualHost? _any;

    private static Comparer<int> LongestFirst => Comparer<int>.Create(static (a, b) => b.CompareTo(a));

    /// <summary>Adds <paramref name="host"/> under <paramref name="domain"/>; a fault when the domain is taken.</summary>
    public void Add(string domain, VirtualHost host, string path, FaultList faults)
    {
        if (domain == "*")
        {
            if (_any is not null)
            {
                faults.Add(path, "Only a single wildcard domain is permitted in a route table");
            }

            _any ??= host;
            return;
        }

        var name = Encoding.UTF8.GetBytes(domain);
        AsciiBytes.ToLower(name, name);
        var added = name switch
        {
            [(byte)'*', ..] => TableOf(_suffixes, name.Length - 1).TryAdd(name[1..], host),
            [.., (byte)'*'] => TableOf(_prefixes, name.Length - 1).TryAdd(name[..^1], host),
            _ => _exact.TryAdd(name, host),
        };
        if (!added)
        {
            faults.Add(path, $"Only unique values for domains are permitted. Duplicate entry of domain {domain}");
        }
    }

    /// <summary>The virtual host for the value of the host header; null when there is none.</summary>
    public VirtualHost? Find(ReadOnlySpan<byte> host, bool ignorePort)
    {
        if (host.IsEmpty || (_exact.IsEmpty && _suffixes.Count == 0 && _prefixes.Count == 0))
        {
            return _any;
        }

        if (ignorePort)
        {
            host = WithoutPort(host);
        }

        Span<byte> lower = host.Length <= OnStack ? stackalloc byte[host.Length] : new byte[host.Length];
        AsciiBytes.ToLower(host, lower);
        return FindLower(lower);
    }

    private VirtualHost? FindLower(ReadOnlySpan<byte> host)
    {
        if (_exact.TryGet(host, out var found))
        {
            return found;
        }

        // A wildcard stands for at least one character.
        for (var i = 0; i < _suffixes.Count; i++)
        {
            var length = _suffixes.GetKeyAtIndex(i);
            if (length < host.Length && _suffixes.GetValueAtIndex(i).TryGet(host[^length..], out found))
            {
                return found;
            }
        }

        for (var i = 0; i < _prefixes.Count; i++)
        {
            var length = _prefixes.GetKeyAtIndex(i);
            if (length < host.Length && _prefixes.GetValueAtIndex(i).TryGet(host[..length], out found))
            {
                return found;
            }
        }

        return _any;
    }

    // A colon inside an IPv6 literal is not a port's.
    private static ReadOnlySpan<byte> WithoutPort(ReadOnlySpan<byte> host)
    {
        var colon = host.LastIndexOf((byte)':');
        return colon >= 0 && host[colon..].IndexOf((byte)']') < 0 ? host[..colon] : host;
    }

    private static HashTable TableOf(SortedList<int, HashTable> tables, int length)
    {
        if (!tables.TryGetValue(length, out var table))
        {
            tables[length] = table = new HashTable();
        }

        return table;
    }

    private sealed class HashTable
    {
        private readonly Dictionary<byte[], VirtualHost> _hosts = new(ByteComparer.Instance);

        public bool IsEmpty => _hosts.Count == 0;

        public bool TryAdd(byte[] name, VirtualHost host) => _hosts.TryAdd(name, host);

        public bool TryGet(ReadOnlySpan<byte> name, out VirtualHost? host)
        {
            return _hosts.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out host);
        }
    }
}
