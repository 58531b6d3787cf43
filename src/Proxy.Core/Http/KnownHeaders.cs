using System.Diagnostics;

namespace Proxy.Http;

/// <summary>Names of the <see cref="KnownHeader"/>s, both ways.</summary>
internal static class KnownHeaders
{
    /// <summary>Values of <see cref="KnownHeader"/> that exist.</summary>
    public const int Count = 89;

    /// <summary>The last pseudo header; everything up to it starts with a colon.</summary>
    public const KnownHeader LastPseudo = KnownHeader.Protocol;

    private const int TableBits = 9;

    private static readonly byte[][] Names =
    [
        [],
        ":method"u8.ToArray(),
        ":path"u8.ToArray(),
        ":scheme"u8.ToArray(),
        ":authority"u8.ToArray(),
        ":status"u8.ToArray(),
        ":protocol"u8.ToArray(),
        "host"u8.ToArray(),
        "connection"u8.ToArray(),
        "content-length"u8.ToArray(),
        "content-type"u8.ToArray(),
        "transfer-encoding"u8.ToArray(),
        "keep-alive"u8.ToArray(),
        "proxy-connection"u8.ToArray(),
        "upgrade"u8.ToArray(),
        "te"u8.ToArray(),
        "trailer"u8.ToArray(),
        "expect"u8.ToArray(),
        "date"u8.ToArray(),
        "server"u8.ToArray(),
        "via"u8.ToArray(),
        "user-agent"u8.ToArray(),
        "accept"u8.ToArray(),
        "accept-encoding"u8.ToArray(),
        "accept-language"u8.ToArray(),
        "authorization"u8.ToArray(),
        "cookie"u8.ToArray(),
        "set-cookie"u8.ToArray(),
        "location"u8.ToArray(),
        "referer"u8.ToArray(),
        "origin"u8.ToArray(),
        "content-encoding"u8.ToArray(),
        "cache-control"u8.ToArray(),
        "etag"u8.ToArray(),
        "vary"u8.ToArray(),
        "last-modified"u8.ToArray(),
        "if-none-match"u8.ToArray(),
        "if-modified-since"u8.ToArray(),
        "range"u8.ToArray(),
        "grpc-status"u8.ToArray(),
        "grpc-message"u8.ToArray(),
        "grpc-timeout"u8.ToArray(),
        "http2-settings"u8.ToArray(),
        "x-forwarded-for"u8.ToArray(),
        "x-forwarded-proto"u8.ToArray(),
        "x-forwarded-host"u8.ToArray(),
        "x-forwarded-port"u8.ToArray(),
        "x-forwarded-client-cert"u8.ToArray(),
        "x-request-id"u8.ToArray(),
        "x-real-ip"u8.ToArray(),
        "x-client-trace-id"u8.ToArray(),
        "x-envoy-attempt-count"u8.ToArray(),
        "x-envoy-decorator-operation"u8.ToArray(),
        "x-envoy-degraded"u8.ToArray(),
        "x-envoy-downstream-service-cluster"u8.ToArray(),
        "x-envoy-downstream-service-node"u8.ToArray(),
        "x-envoy-expected-rq-timeout-ms"u8.ToArray(),
        "x-envoy-external-address"u8.ToArray(),
        "x-envoy-force-trace"u8.ToArray(),
        "x-envoy-hedge-on-per-try-timeout"u8.ToArray(),
        "x-envoy-immediate-health-check-fail"u8.ToArray(),
        "x-envoy-internal"u8.ToArray(),
        "x-envoy-ip-tags"u8.ToArray(),
        "x-envoy-is-timeout-retry"u8.ToArray(),
        "x-envoy-local-overloaded"u8.ToArray(),
        "x-envoy-max-retries"u8.ToArray(),
        "x-envoy-original-host"u8.ToArray(),
        "x-envoy-original-path"u8.ToArray(),
        "x-envoy-overloaded"u8.ToArray(),
        "x-envoy-ratelimited"u8.ToArray(),
        "x-envoy-retriable-header-names"u8.ToArray(),
        "x-envoy-retriable-status-codes"u8.ToArray(),
        "x-envoy-retry-grpc-on"u8.ToArray(),
        "x-envoy-retry-on"u8.ToArray(),
        "x-envoy-upstream-alt-stat-name"u8.ToArray(),
        "x-envoy-upstream-canary"u8.ToArray(),
        "x-envoy-upstream-healthchecked-cluster"u8.ToArray(),
        "x-envoy-upstream-rq-per-try-timeout-ms"u8.ToArray(),
        "x-envoy-upstream-rq-timeout-alt-response"u8.ToArray(),
        "x-envoy-upstream-rq-timeout-ms"u8.ToArray(),
        "x-envoy-upstream-service-time"u8.ToArray(),
        "x-envoy-upstream-stream-duration-ms"u8.ToArray(),
        "x-ot-span-context"u8.ToArray(),
        "x-b3-traceid"u8.ToArray(),
        "x-b3-spanid"u8.ToArray(),
        "x-b3-sampled"u8.ToArray(),
        "x-b3-flags"u8.ToArray(),
        "traceparent"u8.ToArray(),
        "tracestate"u8.ToArray(),
    ];

    // A perfect hash over length and four bytes of the name: at most one name is ever compared.
    private static readonly uint Multiplier = FindMultiplier();

    private static readonly KnownHeader[] Table = FillTable();

    // Names with the colon and blank behind them, as they are sent.
    private static readonly byte[][] Prefixes = [.. Names.Select(static name => (byte[])[.. name, (byte)':', (byte)' '])];

    private static readonly bool[] Joined = JoinedTable();

    /// <summary>The lower-case name of <paramref name="id"/>.</summary>
    public static ReadOnlySpan<byte> NameOf(KnownHeader id) => Names[(int)id];

    /// <summary>True for the pseudo headers.</summary>
    public static bool IsPseudo(KnownHeader id) => id is > KnownHeader.None and <= LastPseudo;

    /// <summary>The lower-case name of <paramref name="id"/> with <c>": "</c> behind it.</summary>
    public static ReadOnlySpan<byte> PrefixOf(KnownHeader id) => Prefixes[(int)id];

    /// <summary>The header whose name is <paramref name="lowerName"/>, or <see cref="KnownHeader.None"/>. The name must be lower-case already.</summary>
    public static KnownHeader Classify(ReadOnlySpan<byte> lowerName)
    {
        if (lowerName.IsEmpty)
        {
            return KnownHeader.None;
        }

        var id = Table[(KeyOf(lowerName) * Multiplier) >> (32 - TableBits)];
        return lowerName.SequenceEqual(Names[(int)id]) ? id : KnownHeader.None;
    }

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

    private static uint KeyOf(ReadOnlySpan<byte> name)
    {
        var length = name.Length;
        return ((uint)length | ((uint)name[0] << 8) | ((uint)name[length - 1] << 16) | ((uint)name[length / 2] << 24))
            ^ ((uint)name[length * 3 / 4] << 12);
    }

    // The first one tried fits the names above; with other names the search goes on from there.
    private static uint FindMultiplier()
    {
        Debug.Assert(Names.Length == Count);
        Span<bool> taken = stackalloc bool[1 << TableBits];
        for (var multiplier = 0x297A_21D7u; ; multiplier = (multiplier * 747_796_405u) + 2_891_336_454u)
        {
            taken.Clear();
            var fits = true;
            for (var i = 1; i < Names.Length && fits; i++)
            {
                ref var slot = ref taken[(int)((KeyOf(Names[i]) * multiplier) >> (32 - TableBits))];
                fits = !slot;
                slot = true;
            }

            if (fits)
            {
                return multiplier;
            }
        }
    }

    private static KnownHeader[] FillTable()
    {
        var table = new KnownHeader[1 << TableBits];
        for (var i = 1; i < Names.Length; i++)
        {
            table[(KeyOf(Names[i]) * Multiplier) >> (32 - TableBits)] = (KnownHeader)i;
        }

        return table;
    }
}
