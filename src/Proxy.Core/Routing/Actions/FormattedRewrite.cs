using Proxy.Configuration;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing.Matching;

namespace Proxy.Routing.Actions;

/// <summary>A path or host made by command operators (Envoy <c>path_rewrite</c>, <c>host_rewrite</c>). Immutable.</summary>
internal sealed class FormattedRewrite
{
    private readonly TextFormat _format;

    private FormattedRewrite(TextFormat format)
    {
        _format = format;
    }

    /// <summary>Compiles <paramref name="format"/>, adding faults; null when there is none.</summary>
    /// <param name="format">The text.</param>
    /// <param name="environment">What operators know about the process.</param>
    /// <param name="omitEmptyValues">Operators without a value write nothing instead of <c>-</c>.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="faults">Takes the faults.</param>
    public static FormattedRewrite? Compile(string? format, FormatEnvironment environment, bool omitEmptyValues, string path, FaultList faults)
    {
        if (format is not { Length: > 0 })
        {
            return null;
        }

        if (TextFormat.TryCompile(format, environment, omitEmptyValues, out var error) is { } compiled)
        {
            return new FormattedRewrite(compiled);
        }

        faults.Add(path, error);
        return null;
    }

    /// <summary>Rewrites <c>:path</c>; the query stays behind what was made, even when that has one of its own.</summary>
    public void ApplyToPath(in AccessLogEntry entry, bool keepOriginal, FormatWriter scratch)
    {
        var headers = entry.RequestHeaders!;
        scratch.Clear();
        _format.Write(entry, scratch);
        if (!headers.TryGet(KnownHeader.Path, out var target) || scratch.Length == 0 || !FitsRequestLine(scratch.Written))
        {
            return;
        }

        scratch.Write(target[QueryString.Split(target, out _).Length..]);
        if (keepOriginal)
        {
            headers.Set(KnownHeader.XEnvoyOriginalPath, target);
        }

        headers.Set(KnownHeader.Path, scratch.Written);
    }

    /// <summary>Rewrites <c>:authority</c> unless nothing was made.</summary>
    public void ApplyToHost(in AccessLogEntry entry, bool appendForwardedHost, bool keepOriginal, FormatWriter scratch)
    {
        scratch.Clear();
        _format.Write(entry, scratch);
        HostRewrite.Set(entry.RequestHeaders!, scratch.Written, appendForwardedHost, keepOriginal);
    }

    // Values come from clients: a blank in them would end the target early and let them write the rest of the request line.
    private static bool FitsRequestLine(ReadOnlySpan<byte> path) => path.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;
}
