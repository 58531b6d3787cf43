using Proxy.Tls;

namespace Proxy.Matching;

/// <summary>A text of the client's certificate; missing when it has shown none, or that text is empty.</summary>
internal sealed class CertificateInput(Func<TlsCertificateInfo, string> read) : MatchInput
{
    /// <inheritdoc />
    public override InputState Read(in MatchData data, Span<byte> room, out ReadOnlySpan<byte> value)
    {
        value = data.Connection?.Tls?.PeerCertificate is { } certificate ? Utf8.GetBytes(read(certificate), room) : default;
        return value.IsEmpty ? InputState.Missing : InputState.Present;
    }
}
