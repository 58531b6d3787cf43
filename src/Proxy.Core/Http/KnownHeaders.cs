namespace Proxy.Http;

/// <summary>Names of the <see cref="KnownHeader"/>s, both ways.</summary>
internal static class KnownHeaders
{
    /// <summary>Values of <see cref="KnownHeader"/> that exist.</summary>
    public const int Count = 89;

    /// <summary>The last pseudo header; everything up to it starts with a colon.</summary>
    public const KnownHeader LastPseudo = KnownHeader.Protocol;

    // One a line, in the order of the enumeration, behind the empty name of none.
    private const string Names = """

        :method
        :path
        :scheme
        :authority
        :status
        :protocol
        host
        connection
        content-length
        content-type
        transfer-encoding
        keep-alive
        proxy-connection
        upgrade
        te
        trailer
        expect
        date
        server
        via
        user-agent
        accept
        accept-encoding
        accept-language
        authorization
        cookie
        set-cookie
        location
        referer
        origin
        content-encoding
        cache-control
        etag
        vary
        last-modified
        if-none-match
        if-modified-since
        range
        grpc-status
        grpc-message
        grpc-timeout
        http2-settings
        x-forwarded-for
        x-forwarded-proto
        x-forwarded-host
        x-forwarded-port
        x-forwarded-client-cert
        x-request-id
        x-real-ip
        x-client-trace-id
        x-envoy-attempt-count
        x-envoy-decorator-operation
        x-envoy-degraded
        x-envoy-downstream-service-cluster
        x-envoy-downstream-service-node
        x-envoy-expected-rq-timeout-ms
        x-envoy-external-address
        x-envoy-force-trace
        x-envoy-hedge-on-per-try-timeout
        x-envoy-immediate-health-check-fail
        x-envoy-internal
        x-envoy-ip-tags
        x-envoy-is-timeout-retry
        x-envoy-local-overloaded
        x-envoy-max-retries
        x-envoy-original-host
        x-envoy-original-path
        x-envoy-overloaded
        x-envoy-ratelimited
        x-envoy-retriable-header-names
        x-envoy-retriable-status-codes
        x-envoy-retry-grpc-on
        x-envoy-retry-on
        x-envoy-upstream-alt-stat-name
        x-envoy-upstream-canary
        x-envoy-upstream-healthchecked-cluster
        x-envoy-upstream-rq-per-try-timeout-ms
        x-envoy-upstream-rq-timeout-alt-response
        x-envoy-upstream-rq-timeout-ms
        x-envoy-upstream-service-time
        x-envoy-upstream-stream-duration-ms
        x-ot-span-context
        x-b3-traceid
        x-b3-spanid
        x-b3-sampled
        x-b3-flags
        traceparent
        tracestate
        """;

    private static readonly KnownHeaderTable Table = new(Names);

    private static readonly bool[] Joined = JoinedTable();

    /// <summary>The lower-case name of <paramref name="id"/>.</summary>
    public static ReadOnlySpan<byte> NameOf(KnownHeader id) => Table.NameOf(id);

    /// <summary>Bytes of the name of <paramref name="id"/>.</summary>
    public static int LengthOf(KnownHeader id) => Table.LengthOf(id);

    /// <summary>True for the pseudo headers.</summary>
    public static bool IsPseudo(KnownHeader id) => id is > KnownHeader.None and <= LastPseudo;

    /// <summary>The lower-case name of <paramref name="id"/> with <c>": "</c> behind it.</summary>
    public static ReadOnlySpan<byte> PrefixOf(KnownHeader id) => Table.PrefixOf(id);

    /// <summary>The header whose name is <paramref name="lowerName"/>, or <see cref="KnownHeader.None"/>. The name must be lower-case already.</summary>
    public static KnownHeader Classify(ReadOnlySpan<byte> lowerName) => Table.Classify(lowerName);

    /// <summary>
    /// True for headers that Envoy keeps as one value: repeated ones are joined by a comma when they are received. The others (cookies, trace contexts,
    /// unknown names) stay apart.
    /// </summary>
    public static bool IsJoined(KnownHeader id) => Joined[(int)id];

    private static bool[] JoinedTable()
    {
        var joined = new bool[Count];
        Array.Fill(joined, true);
        ReadOnlySpan<KnownHeader> apart =
        [
            KnownHeader.None, KnownHeader.Trailer, KnownHeader.AcceptLanguage, KnownHeader.Cookie, KnownHeader.SetCookie, KnownHeader.Range,
            KnownHeader.Http2Settings, KnownHeader.XRealIp, KnownHeader.XB3Traceid, KnownHeader.XB3Spanid, KnownHeader.XB3Sampled, KnownHeader.XB3Flags,
            KnownHeader.Traceparent, KnownHeader.Tracestate,
        ];
        foreach (var id in apart)
        {
            joined[(int)id] = false;
        }

        return joined;
    }
}
