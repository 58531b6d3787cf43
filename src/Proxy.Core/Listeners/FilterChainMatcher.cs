using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Listeners;
using Proxy.Connections;

namespace Proxy.Listeners;

/// <summary>Finds the filter chain for a connection, as Envoy does: criterion by criterion, each time the most specific value, never going back.</summary>
/// <remarks>
/// The order is destination port, destination address, server name, transport protocol, application protocol, direct source address, source type,
/// source address, source port. Each is a level of maps compiled once; only address prefixes are looked at one by one.
/// </remarks>
internal sealed class FilterChainMatcher : FilterChainChoice
{
    private readonly PortLevel _ports = new();
    private int _count;

    private FilterChainMatcher(FilterChain? fallback)
        : base(fallback)
    {
    }

    /// <summary>Compiles the chains of a listener; adds what is wrong to <paramref name="faults"/>.</summary>
    public static FilterChainMatcher Compile(IReadOnlyList<FilterChain> chains, FilterChain? fallback, FaultList faults)
    {
        var matcher = new FilterChainMatcher(fallback);
        for (var i = 0; i < chains.Count; i++)
        {
            var path = $"filter_chains[{i}].filter_chain_match";
            faults.Collect(path, () => matcher.Add(chains[i]));
        }

        return matcher;
    }

    /// <inheritdoc />
    public override FilterChain? Find(ConnectionInfo info) => (_count == 0 ? null : _ports.Find(info)) ?? Fallback;

    private void Add(FilterChain chain)
    {
        var match = chain.Config.Match;
        foreach (var name in match.ServerNames)
        {
            if (name.Contains('*') && !IsWildcard(name))
            {
                throw new ConfigException("server_names", $"'{name}': a wildcard stands for whole labels in front, as in *.example.com");
            }
        }

        if (!_ports.Add(match, chain))
        {
            throw new ConfigException("", $"filter chain '{chain.Config.Name}' has the same match as another one");
        }

        _count++;
    }

    private static bool IsWildcard(string name) => name.StartsWith("*.", StringComparison.Ordinal) && name.IndexOf('*', 1) < 0;

    private sealed class PortLevel
    {
        private readonly Dictionary<int, PrefixLevel<NameLevel>> _byPort = [];

        public bool Add(FilterChainMatchConfig match, FilterChain chain)
        {
            return Children.Of(_byPort, match.DestinationPort ?? 0)
                .Add(match.DestinationPrefixes, level => level.Add(match, chain));
        }

        public FilterChain? Find(ConnectionInfo info)
        {
            var port = (info.LocalEndPoint as IPEndPoint)?.Port ?? 0;
            var level = (port != 0 ? _byPort.GetValueOrDefault(port) : null) ?? _byPort.GetValueOrDefault(0);
            return level?.Find(Children.AddressOf(info.LocalEndPoint))?.Find(info);
        }
    }

    private sealed class NameLevel
    {
        private readonly Dictionary<string, TextLevel> _byName = new(StringComparer.Ordinal);

        public bool Add(FilterChainMatchConfig match, FilterChain chain)
        {
            return Children.ForEach(match.ServerNames, "", name => Children.Of(_byName, Key(name)).Add(match, chain));
        }

        public FilterChain? Find(ConnectionInfo info)
        {
            if (info.ServerName is { Length: > 0 } name)
            {
                if (_byName.TryGetValue(name, out var exact))
                {
                    return exact.Find(info);
                }

                for (var dot = name.IndexOf('.', 1); dot >= 0; dot = name.IndexOf('.', dot + 1))
                {
                    if (_byName.TryGetValue(name[dot..], out var suffix))
                    {
                        return suffix.Find(info);
                    }
                }
            }

            return _byName.TryGetValue("", out var any) ? any.Find(info) : null;
        }

        // A wildcard is kept as its suffix with the dot, which no exact name begins with.
        private static string Key(string name)
        {
            var lower = name.ToLowerInvariant();
            return lower.StartsWith("*.", StringComparison.Ordinal) ? lower[1..] : lower;
        }
    }

    /// <summary>Transport protocol, then application protocol.</summary>
    private sealed class TextLevel
    {
        private readonly Dictionary<string, Dictionary<string, PrefixLevel<SourceLevel>>> _byTransport = new(StringComparer.Ordinal);

        public bool Add(FilterChainMatchConfig match, FilterChain chain)
        {
            if (!_byTransport.TryGetValue(match.TransportProtocol, out var byProtocol))
            {
                _byTransport.Add(match.TransportProtocol, byProtocol = new(StringComparer.Ordinal));
            }

            return Children.ForEach(match.ApplicationProtocols, "", protocol =>
                Children.Of(byProtocol, protocol).Add(match.DirectSourcePrefixes, level => level.Add(match, chain)));
        }

        public FilterChain? Find(ConnectionInfo info)
        {
            if (!_byTransport.TryGetValue(info.TransportProtocol, out var byProtocol) && !_byTransport.TryGetValue("", out byProtocol))
            {
                return null;
            }

            return FindProtocol(byProtocol, info)?.Find(Children.AddressOf(info.DirectRemoteEndPoint))?.Find(info);
        }

        private static PrefixLevel<SourceLevel>? FindProtocol(Dictionary<string, PrefixLevel<SourceLevel>> byProtocol, ConnectionInfo info)
        {
            foreach (var protocol in info.ApplicationProtocols)
            {
                if (byProtocol.TryGetValue(protocol, out var level))
                {
                    return level;
                }
            }

            return byProtocol.GetValueOrDefault("");
        }
    }

    private sealed class SourceLevel
    {
        private readonly PrefixLevel<SourcePortLevel>?[] _byType = new PrefixLevel<SourcePortLevel>?[3];

        public bool Add(FilterChainMatchConfig match, FilterChain chain)
        {
            var level = _byType[(int)match.SourceType] ??= new PrefixLevel<SourcePortLevel>();
            return level.Add(match.SourcePrefixes, ports => ports.Add(match.SourcePorts, chain));
        }

        public FilterChain? Find(ConnectionInfo info)
        {
            var type = IsLocal(info) ? ConnectionSourceType.SameIpOrLoopback : ConnectionSourceType.External;
            var level = _byType[(int)type] ?? _byType[(int)ConnectionSourceType.Any];
            return level?.Find(Children.AddressOf(info.RemoteEndPoint))?.Find((info.RemoteEndPoint as IPEndPoint)?.Port ?? 0);
        }

        private static bool IsLocal(ConnectionInfo info)
        {
            return info.RemoteEndPoint is not IPEndPoint remote
                || IPAddress.IsLoopback(remote.Address)
                || (info.LocalEndPoint is IPEndPoint local && local.Address.Equals(remote.Address));
        }
    }

    private sealed class SourcePortLevel
    {
        private readonly Dictionary<int, FilterChain> _byPort = [];

        public bool Add(ConfigList<int> ports, FilterChain chain) => Children.ForEach(ports, 0, port => _byPort.TryAdd(port, chain));

        public FilterChain? Find(int port) => _byPort.GetValueOrDefault(port) ?? _byPort.GetValueOrDefault(0);
    }

    /// <summary>The longest prefix that holds an address, or what has no prefix.</summary>
    private sealed class PrefixLevel<TNext>
        where TNext : class, new()
    {
        private readonly List<(CidrRange Range, TNext Next)> _byRange = []; // longest prefix first
        private TNext? _any;

        public bool Add(ConfigList<CidrRange> ranges, Func<TNext, bool> add)
        {
            return ranges.Count == 0 ? add(_any ??= new TNext()) : Children.ForEach(ranges, default, range => add(Of(range)));
        }

        public TNext? Find(IPAddress? address)
        {
            if (address is not null)
            {
                foreach (var (range, next) in _byRange)
                {
                    if (range.Contains(address))
                    {
                        return next;
                    }
                }
            }

            return _any;
        }

        private TNext Of(CidrRange range)
        {
            var known = _byRange.FindIndex(entry => entry.Range.PrefixLength == range.PrefixLength && entry.Range.Contains(range.Address));
            if (known >= 0)
            {
                return _byRange[known].Next;
            }

            var next = new TNext();
            var place = _byRange.FindIndex(entry => entry.Range.PrefixLength < range.PrefixLength);
            _byRange.Insert(place < 0 ? _byRange.Count : place, (range, next));
            return next;
        }
    }

    private static class Children
    {
        public static TNext Of<TKey, TNext>(Dictionary<TKey, TNext> map, TKey key)
            where TKey : notnull
            where TNext : new()
        {
            if (!map.TryGetValue(key, out var next))
            {
                map.Add(key, next = new TNext());
            }

            return next;
        }

        // Every value is added, also after one that is there already, so that a fault is found whatever the order.
        public static bool ForEach<T>(ConfigList<T> values, T any, Func<T, bool> add)
        {
            return values.Count == 0 ? add(any) : values.Select(add).ToArray().All(static added => added);
        }

        public static IPAddress? AddressOf(EndPoint endPoint)
        {
            return endPoint is IPEndPoint { Address: var address } ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address) : null;
        }
    }
}
