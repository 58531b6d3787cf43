using Proxy.Configuration.Filters;
using Proxy.Configuration;
using Proxy.Http;
using Proxy.Matching;
using Proxy.Routing.Matching;
using Proxy.Tls;
using System.Net;

namespace Proxy.Filters.AccessControl;

/// <summary>A compiled permission or principal. Immutable, shared by all workers; decides without allocation.</summary>
internal abstract class Condition
{
    public abstract bool Holds(in MatchData data);
}

/// <summary>Always holds, or never does.</summary>
internal sealed class FixedCondition(bool holds) : Condition
{
    public override bool Holds(in MatchData data) => holds;
}

/// <summary>Holds when all hold.</summary>
internal sealed class AllCondition(Condition[] conditions) : Condition
{
    public override bool Holds(in MatchData data)
    {
        foreach (var condition in conditions)
        {
            if (!condition.Holds(data))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Holds when one of them holds.</summary>
internal sealed class AnyCondition(Condition[] conditions) : Condition
{
    public override bool Holds(in MatchData data)
    {
        foreach (var condition in conditions)
        {
            if (condition.Holds(data))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Holds when another does not.</summary>
internal sealed class NotCondition(Condition condition) : Condition
{
    public override bool Holds(in MatchData data) => !condition.Holds(data);
}

/// <summary>Asks a header; a connection without a request has none.</summary>
internal sealed class HeaderCondition(HeaderMatcher matcher) : Condition
{
    public override bool Holds(in MatchData data) => data.RequestHeaders is { } headers && matcher.Matches(headers);
}

/// <summary>Compares the path without its query; a connection without a request has none.</summary>
internal sealed class PathCondition(TextMatcher? text, ByteRegex? template) : Condition
{
    public override bool Holds(in MatchData data)
    {
        if (data.RequestHeaders is not { } headers || !headers.TryGet(KnownHeader.Path, out var target))
        {
            return false;
        }

        var path = QueryString.Split(target, out _);
        return text is not null ? text.Matches(path) : template!.IsMatch(path);
    }
}

/// <summary>An address lies in a range.</summary>
internal sealed class AddressCondition(RbacAddress address, CidrRange range) : Condition
{
    public override bool Holds(in MatchData data)
    {
        var endPoint = address switch
        {
            RbacAddress.Destination => data.Connection?.LocalEndPoint,
            RbacAddress.DirectRemote => data.Connection?.DirectRemoteEndPoint,
            RbacAddress.Remote => data.Info?.Remote ?? data.Connection?.RemoteEndPoint,
            _ => data.Connection?.RemoteEndPoint,
        };
        return endPoint is IPEndPoint ip && range.Contains(ip.Address);
    }
}

/// <summary>The port connected to lies in a range.</summary>
internal sealed class PortCondition(int start, int end) : Condition
{
    public override bool Holds(in MatchData data) => data.Connection?.LocalEndPoint is IPEndPoint ip && ip.Port >= start && ip.Port < end;
}

/// <summary>Compares the server name asked for.</summary>
internal sealed class ServerNameCondition(TextMatcher name) : Condition
{
    public override bool Holds(in MatchData data) => name.Matches(data.Connection?.ServerName ?? "");
}

/// <summary>Asks the certificate that the client has shown: its URI names, or else its DNS names, or else its subject; null asks only whether there is one.</summary>
internal sealed class AuthenticatedCondition(TextMatcher? name) : Condition
{
    public override bool Holds(in MatchData data)
    {
        if (data.Connection?.Tls?.PeerCertificate is not { } certificate)
        {
            return false;
        }

        return name is null || (Any(certificate, SubjectAltNameKind.Uri) ?? Any(certificate, SubjectAltNameKind.Dns) ?? name.Matches(certificate.Subject));
    }

    // Null when there are no names of the kind.
    private bool? Any(TlsCertificateInfo certificate, SubjectAltNameKind kind)
    {
        bool? found = null;
        foreach (var candidate in certificate.AltNames)
        {
            if (candidate.Kind == kind)
            {
                found = found == true || name!.Matches(candidate.Value);
            }
        }

        return found;
    }
}

/// <summary>Asks dynamic metadata or the route's.</summary>
internal sealed class MetadataCondition(MetadataMatcher matcher, bool ofRoute) : Condition
{
    public override bool Holds(in MatchData data) => ofRoute ? matcher.Matches(data.Info?.Route?.Metadata) : matcher.MatchesDynamic(data.Info);
}

/// <summary>Asks a value that a filter left.</summary>
internal sealed class FilterStateCondition(FilterStateMatcher matcher) : Condition
{
    public override bool Holds(in MatchData data) => matcher.Matches(data);
}
