using System.Buffers.Text;
using Proxy.Http;

namespace Proxy.Filters.Http.Fault;

/// <summary>Headers by which requests ask for faults.</summary>
internal static class FaultHeaders
{
    public static ReadOnlySpan<byte> Abort => "x-envoy-fault-abort-request"u8;

    public static ReadOnlySpan<byte> AbortGrpc => "x-envoy-fault-abort-grpc-request"u8;

    public static ReadOnlySpan<byte> AbortShare => "x-envoy-fault-abort-request-percentage"u8;

    public static ReadOnlySpan<byte> Delay => "x-envoy-fault-delay-request"u8;

    public static ReadOnlySpan<byte> DelayShare => "x-envoy-fault-delay-request-percentage"u8;

    public static ReadOnlySpan<byte> Rate => "x-envoy-fault-throughput-response"u8;

    public static ReadOnlySpan<byte> RateShare => "x-envoy-fault-throughput-response-percentage"u8;

    /// <summary>The number that a header has; null when it is missing or none.</summary>
    public static long? Number(HeaderMap headers, ReadOnlySpan<byte> name) =>
        headers.TryGet(name, out var text) && Utf8Parser.TryParse(text, out uint number, out var used) && used == text.Length ? number : null;

    /// <summary>The share that a request asks for, in the parts of the configured one; without a number nothing bounds that.</summary>
    public static ulong MostOf(HeaderMap headers, ReadOnlySpan<byte> name) => Number(headers, name) is { } share ? (ulong)share : ulong.MaxValue;
}
