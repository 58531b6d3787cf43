using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Proxy.Tls.Portable;

/// <summary>A session of <see cref="SslStream"/>. All its tasks are over, or wait for bytes of the peer, whenever a call returns.</summary>
internal abstract class PortableSession : TlsSession
{
    private const int PlainLength = 4 * 1024;

    private readonly PortableContext _context;
    private readonly SessionStream _transport = new();
    private readonly SslStream _ssl;
    private Task? _handshake;
    private Task<int>? _read;
    private byte[] _plain = [];
    private int _plainStart;
    private int _plainEnd;
    private bool _established;
    private bool _disposed;
    private TlsCertificateInfo? _peer;
    private TlsCertificateInfo[] _peerChain = [];
    private bool _validated;

    protected PortableSession(PortableContext context)
    {
        _context = context;
        _ssl = new SslStream(_transport, leaveInnerStreamOpen: true);
    }

    public override bool HasPlainText => !_disposed && _established && _read is null;

    /// <summary>The own certificate that is shown; null for none.</summary>
    protected PortableCertificate? Shown { get; set; }

    protected SslStream Ssl => _ssl;

    public override TlsStatus Handshake(ReadOnlySpan<byte> input, out int used, TlsOutput output)
    {
        used = input.Length;
        if (_context.Versions == SslProtocols.None)
        {
            FailureReason = Words("no version of TLS is left");
            return TlsStatus.Failed;
        }

        using var step = new Step(_transport, output);
        if (_handshake is null)
        {
            _transport.Keep(input);
            _handshake = TryStart(_transport.Unread);
        }
        else
        {
            _transport.Feed(input);
        }

        if (_handshake is not { IsCompleted: true })
        {
            return TlsStatus.NeedsInput;
        }

        if (Fault(_handshake) is { } fault)
        {
            return Fail(fault);
        }

        _established = true;
        return TlsStatus.Done;
    }

    public override TlsStatus Read(ReadOnlySpan<byte> input, out int used, Span<byte> plain, out int count, TlsOutput output)
    {
        used = input.Length;
        count = 0;
        using var step = new Step(_transport, output);
        _transport.Feed(input);
        while (true)
        {
            count += TakePlain(plain[count..]);
            if (count == plain.Length)
            {
                return TlsStatus.Done;
            }

            if (_plain.Length == 0)
            {
                _plain = new byte[PlainLength];
            }

            _read ??= _ssl.ReadAsync(_plain, CancellationToken.None).AsTask();
            if (!_read.IsCompleted)
            {
                return TlsStatus.NeedsInput;
            }

            var read = _read;
            _read = null;
            if (Fault(read) is { } fault)
            {
                return Fail(fault);
            }

            (_plainStart, _plainEnd) = (0, read.Result);
            if (_plainEnd == 0)
            {
                return TlsStatus.Ended;
            }
        }
    }

    public override TlsStatus Write(ReadOnlySpan<byte> plain, TlsOutput output)
    {
        using var step = new Step(_transport, output);
        try
        {
            _ssl.Write(plain);
            return TlsStatus.Done;
        }
        catch (Exception e) when (e is IOException or AuthenticationException or InvalidOperationException)
        {
            return Fail(e);
        }
    }

    public override void Shutdown(TlsOutput output)
    {
        if (_established && !_disposed)
        {
            using var step = new Step(_transport, output);
            _ = Fault(_ssl.ShutdownAsync());
        }
    }

    public override TlsInfo Describe() => new()
    {
        Version = _ssl.SslProtocol == SslProtocols.Tls13 ? "TLSv1.3" : "TLSv1.2",
        CipherSuite = CipherList.NameOf((ushort)_ssl.NegotiatedCipherSuite) ?? _ssl.NegotiatedCipherSuite.ToString(),
        ApplicationProtocol = System.Text.Encoding.Latin1.GetString(_ssl.NegotiatedApplicationProtocol.Protocol.Span),
        LocalCertificate = Shown?.Info,
        PeerCertificate = _peer,
        PeerChain = _peerChain,
        IsPeerValidated = _validated,
    };

    /// <summary>Begins the handshake; null while more bytes are needed for that.</summary>
    /// <param name="received">All that came so far.</param>
    protected abstract Task? TryStart(ReadOnlySpan<byte> received);

    /// <summary>Checks the peer's certificate.</summary>
    protected bool Check(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, bool isNeeded, IReadOnlyList<string> wanted)
    {
        if (certificate is null)
        {
            VerifyFailure = isNeeded ? TlsVerifyFailure.NoCertificate : null;
            return !isNeeded;
        }

        _peer = new TlsCertificateInfo(certificate.GetRawCertData());
        _peerChain = [_peer, .. chain?.ChainPolicy.ExtraStore.Where(sent => !sent.RawDataMemory.Span.SequenceEqual(_peer.Encoded.Span)).Select(static sent => new TlsCertificateInfo(sent.RawData)) ?? []];
        if (certificate is X509Certificate2 { Extensions: var extensions }
            && extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage && !usage.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature))
        {
            return false;
        }

        if (_context.Validation is not { } validation)
        {
            return true;
        }

        VerifyFailure = validation.Check(_peer, errors, wanted);
        _validated = VerifyFailure is null && validation.Checks;
        return VerifyFailure is null || validation.AcceptsUntrusted;
    }

    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            using var step = new Step(_transport, null);
            _transport.End();
            _ = _handshake is null ? null : Fault(_handshake);
            _ = _read is null ? null : Fault(_read);
            _ssl.Dispose();
        }
    }

    private static string Words(string reason) => $"TLS_error:|{reason}:TLS_error_end";

    private static Exception? Fault(Task task) => task.Exception?.GetBaseException();

    private int TakePlain(Span<byte> room)
    {
        var count = Math.Min(room.Length, _plainEnd - _plainStart);
        _plain.AsSpan(_plainStart, count).CopyTo(room);
        _plainStart += count;
        return count;
    }

    private TlsStatus Fail(Exception fault)
    {
        FailureReason = Words(fault.Message);
        return TlsStatus.Failed;
    }

    /// <summary>
    /// One call: tells the stream where output goes, and takes the worker's synchronization context away, under which tasks would not go on inline.
    /// </summary>
    private readonly ref struct Step
    {
        private readonly SessionStream _transport;
        private readonly SynchronizationContext? _former;

        public Step(SessionStream transport, TlsOutput? output)
        {
            _transport = transport;
            _former = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            transport.Output = output;
        }

        public void Dispose()
        {
            _transport.Output = null;
            SynchronizationContext.SetSynchronizationContext(_former);
        }
    }
}
