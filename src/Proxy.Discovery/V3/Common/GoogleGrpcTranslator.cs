using System.Globalization;
using Envoy.Config.Core.V3;
using Proxy.Configuration;
using Proxy.Configuration.Discovery;
using Proxy.Discovery.V3.Tls;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates gRPC services that are reached without a cluster.</summary>
internal static class GoogleGrpcTranslator
{
    public const string Supported =
        """
        envoy.config.core.v3.GrpcService.GoogleGrpc: target_uri channel_credentials call_credentials stat_prefix
        envoy.config.core.v3.GrpcService.GoogleGrpc.ChannelCredentials: ssl_credentials
        envoy.config.core.v3.GrpcService.GoogleGrpc.SslCredentials: *
        envoy.config.core.v3.GrpcService.GoogleGrpc.CallCredentials: access_token
        """;

    private const int DefaultPort = 443;

    /// <summary>The target; faults are in the list.</summary>
    public static ControlPlaneTargetConfig Translate(
        GrpcService.Types.GoogleGrpc google, ConfigList<KeyValuePair<string, string>> metadata, Place place, TranslationContext context)
    {
        var target = new ControlPlaneTargetConfig(google.TargetUri) { Metadata = metadata };
        if (TryRead(google.TargetUri) is not var (host, port))
        {
            context.Fault(place.Field("target_uri"), $"{google.TargetUri} is not supported", "host:port, dns:///host:port and ipv4:address:port are");
            return target;
        }

        var tls = google.ChannelCredentials?.SslCredentials is { } ssl ? Tls(ssl, place.Field("channel_credentials").Field("ssl_credentials"), context) : null;
        return target with { Direct = new DirectTargetConfig(host, port, google.StatPrefix) { Tls = tls, AccessToken = Token(google, tls, place.Field("call_credentials"), context) } };
    }

    private static (string Host, int Port)? TryRead(string target)
    {
        foreach (var scheme in (ReadOnlySpan<string>)["dns:///", "dns:", "ipv4:"])
        {
            if (target.StartsWith(scheme, StringComparison.Ordinal))
            {
                target = target[scheme.Length..];
                break;
            }
        }

        // An address of IPv6 has its own colons, in brackets.
        var colon = target.LastIndexOf(':');
        if (colon < 0 || target.EndsWith(']'))
        {
            return IsHost(target) ? (target, DefaultPort) : null;
        }

        return IsHost(target[..colon]) && ushort.TryParse(target[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? (target[..colon], port)
            : null;
    }

    private static bool IsHost(string host) => Uri.CheckHostName(host.Trim('[', ']')) != UriHostNameType.Unknown;

    private static DirectTlsConfig Tls(GrpcService.Types.GoogleGrpc.Types.SslCredentials ssl, Place place, TranslationContext context)
    {
        if (ssl.PrivateKey is null != ssl.CertChain is null)
        {
            context.Fault(place, "private_key and cert_chain go together");
        }

        return new DirectTlsConfig
        {
            Roots = CommonTlsTranslator.Bytes(ssl.RootCerts, place.Field("root_certs"), context),
            Chain = CommonTlsTranslator.Bytes(ssl.CertChain, place.Field("cert_chain"), context),
            PrivateKey = CommonTlsTranslator.Bytes(ssl.PrivateKey, place.Field("private_key"), context),
        };
    }

    private static string Token(GrpcService.Types.GoogleGrpc google, DirectTlsConfig? tls, Place place, TranslationContext context)
    {
        if (google.CallCredentials.Count > 1)
        {
            context.Fault(place, "more than one is not supported");
        }

        var token = google.CallCredentials.FirstOrDefault()?.AccessToken ?? "";
        if (token.Length > 0 && tls is null)
        {
            context.Fault(place, "needs channel_credentials.ssl_credentials: a token is not sent in plain text");
        }

        if (token.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            context.Fault(place.Item(0).Field("access_token"), "must not have line ends");
        }

        return token;
    }
}
