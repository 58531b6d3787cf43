namespace Proxy.Tls.Secrets;

/// <summary>Stands in where secrets are missing: it fails at once, with nothing said to the peer.</summary>
internal sealed class UnreadySession : TlsSession
{
    public override bool HasPlainText => false;

    public override TlsStatus Handshake(ReadOnlySpan<byte> input, out int used, TlsOutput output)
    {
        used = 0;
        return TlsStatus.Failed;
    }

    public override TlsStatus Read(ReadOnlySpan<byte> input, out int used, Span<byte> plain, out int count, TlsOutput output)
    {
        (used, count) = (0, 0);
        return TlsStatus.Failed;
    }

    public override TlsStatus Write(ReadOnlySpan<byte> plain, TlsOutput output) => TlsStatus.Failed;

    public override void Shutdown(TlsOutput output)
    {
    }

    public override TlsInfo Describe() => throw new InvalidOperationException("There was no handshake.");

    protected override void Dispose(bool disposing)
    {
    }
}
