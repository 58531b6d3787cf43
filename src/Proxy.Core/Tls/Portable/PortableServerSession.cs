using System.Net.Security;
using Proxy.Tls.Hello;

namespace Proxy.Tls.Portable;

/// <summary>The server's side. It reads the client's hello itself, to choose what <see cref="SslStream"/> could not.</summary>
internal sealed class PortableServerSession(PortableServerContext context) : PortableSession(context)
{
    private const int LongestHello = 16 * 1024;

    private SslServerAuthenticationOptions? _options;

    protected override Task? TryStart(ReadOnlySpan<byte> received)
    {
        if (received.IsEmpty)
        {
            return null;
        }

        var status = ClientHelloReader.TryRead(received, LongestHello, static (in ClientHello hello, PortableServerSession self) => self.Choose(hello), this);
        if (status == ClientHelloStatus.NeedMoreData)
        {
            return null;
        }

        if (status != ClientHelloStatus.Found)
        {
            Choose(default);
        }

        return Ssl.AuthenticateAsServerAsync(_options!, CancellationToken.None);
    }

    private bool Choose(in ClientHello hello)
    {
        _options = context.CreateOptions(
            hello, (_, certificate, chain, errors) => Check(certificate, chain, errors, context.NeedsClientCertificate, []), out var shown);
        Shown = shown;
        return true;
    }
}
