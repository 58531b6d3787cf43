namespace Proxy.Tls.Portable;

/// <summary>The client's side.</summary>
internal sealed class PortableClientSession : PortableSession
{
    private readonly PortableClientContext _context;
    private readonly TlsSessionOptions _options;

    public PortableClientSession(PortableClientContext context, in TlsSessionOptions options)
        : base(context)
    {
        _context = context;
        _options = options;
        Shown = context.Loaded is [var certificate] ? certificate : null;
    }

    protected override Task? TryStart(ReadOnlySpan<byte> received) => Ssl.AuthenticateAsClientAsync(
        _context.CreateOptions(_options, (_, certificate, chain, errors) => Check(certificate, chain, errors, isNeeded: true, _options.WantedNames ?? [])),
        CancellationToken.None);
}
