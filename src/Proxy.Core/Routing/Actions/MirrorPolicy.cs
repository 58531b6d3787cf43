using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Observability;

namespace Proxy.Routing.Actions;

/// <summary>A compiled mirror policy: which requests are copied, and what the copy looks like. Immutable, shared by all workers.</summary>
internal sealed class MirrorPolicy
{
    private readonly RuntimeFraction? _fraction;
    private readonly HeaderMutations _mutations;
    private readonly byte[] _host;
    private readonly bool _appendsSuffix;

    private MirrorPolicy(MirrorPolicyConfig config, RouteTableContext context, HeaderMutations mutations)
    {
        Cluster = config.Cluster;
        ClusterHeader = config.ClusterHeader is { Length: > 0 } header ? HeaderName.Of(header) : null;
        _fraction = config.Fraction is { } fraction ? RuntimeFraction.Compile(fraction, context.Runtime) : null;
        _mutations = mutations;
        _host = Encoding.UTF8.GetBytes(config.HostRewrite ?? "");
        _appendsSuffix = !config.KeepsHost && _host.Length == 0;
    }

    private static ReadOnlySpan<byte> Suffix => "-shadow"u8;

    /// <summary>The cluster; null when <see cref="ClusterHeader"/> names it.</summary>
    public string? Cluster { get; }

    /// <summary>The header that names the cluster.</summary>
    public HeaderName? ClusterHeader { get; }

    /// <summary>Compiles <paramref name="config"/>, adding faults.</summary>
    public static MirrorPolicy Compile(MirrorPolicyConfig config, RouteTableContext context, string path, FaultList faults)
    {
        if (config.Cluster is { Length: > 0 } == config.ClusterHeader is { Length: > 0 })
        {
            faults.Add(path, "needs exactly one of cluster and cluster_header");
        }

        if (config.HostRewrite.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            faults.Add($"{path}.host_rewrite_literal", "must not have line breaks or NUL");
        }

        var mutations = HeaderMutations.Compile(config.Mutations, request: true, context.Formats, $"{path}.request_headers_mutations", faults);
        return new MirrorPolicy(config, context, mutations);
    }

    /// <summary>True when the request whose chance is <paramref name="chance"/> is copied.</summary>
    public bool Applies(ulong chance) => _fraction is not { } fraction || fraction.Includes(chance);

    /// <summary>Makes <paramref name="headers"/>, the copy of a head, that of the mirrored request.</summary>
    /// <param name="headers">The copy.</param>
    /// <param name="entry">What the mutations see; its request is the copy.</param>
    /// <param name="scratch">Room to put the host together; overwritten.</param>
    public void Apply(HeaderMap headers, in AccessLogEntry entry, FormatWriter scratch)
    {
        _mutations.Apply(headers, entry);
        if (_host.Length > 0)
        {
            headers.Set(KnownHeader.Authority, _host);
        }
        else if (_appendsSuffix)
        {
            AppendSuffix(headers, scratch);
        }
    }

    // The port stays at the end.
    private static void AppendSuffix(HeaderMap headers, FormatWriter scratch)
    {
        var host = headers.Get(KnownHeader.Authority);
        var colon = host.LastIndexOf((byte)':');
        var end = colon < 0 || host[colon..].Contains((byte)']') ? host.Length : colon;
        scratch.Clear();
        scratch.Write(host[..end]);
        scratch.Write(Suffix);
        scratch.Write(host[end..]);
        headers.Set(KnownHeader.Authority, scratch.Written);
    }
}
