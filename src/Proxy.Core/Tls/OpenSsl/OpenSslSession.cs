using System.Runtime.InteropServices;

namespace Proxy.Tls.OpenSsl;

/// <summary>A session of OpenSSL.</summary>
internal sealed unsafe partial class OpenSslSession : TlsSession
{
    private readonly OpenSslContext _context;
    private readonly TlsSessionOptions _options;
    private GCHandle _self;
    private nint _ssl;
    private byte* _input;
    private int _inputLength;
    private TlsOutput? _output;
    private FirstRecord _first;
    private bool _established;
    private bool _fatal;

    public OpenSslSession(OpenSslContext context, nint handle, in TlsSessionOptions options)
    {
        _context = context;
        _options = options;
        _ssl = LibSsl.New(handle);
        if (_ssl == 0)
        {
            throw new InvalidOperationException("OpenSSL could not make a session.");
        }

        _self = GCHandle.Alloc(this);
        _ = LibSsl.SetData(_ssl, 0, GCHandle.ToIntPtr(_self));
        var bio = OpenSslBio.Create(GCHandle.ToIntPtr(_self));
        LibSsl.SetBio(_ssl, bio, bio);
    }

    public override bool HasPlainText => _ssl != 0 && LibSsl.Pending(_ssl) > 0;

    internal nint Ssl => _ssl;

    internal OpenSslContext Context => _context;

    internal ref readonly TlsSessionOptions Options => ref _options;

    public static OpenSslSession FromHandle(nint handle) => (OpenSslSession)GCHandle.FromIntPtr(handle).Target!;

    public static OpenSslSession Of(nint ssl) => FromHandle(LibSsl.GetData(ssl, 0));

    public override TlsStatus Handshake(ReadOnlySpan<byte> input, out int used, TlsOutput output)
    {
        used = input.Length;
        if (_context.HasNoVersion)
        {
            return Refuse(OpenSslErrors.NoVersion);
        }

        if (!_context.IsClient && _first.Look(input) is var first and (FirstRecord.Kind.Foreign or FirstRecord.Kind.Farewell))
        {
            return RefuseFirst(first, output);
        }

        fixed (byte* bytes = input)
        {
            Begin(bytes, input.Length, output);
            var result = LibSsl.Handshake(_ssl);
            var status = result == OpenSslConstants.Ok ? TlsStatus.Done : Explain(result);
            used = End(input.Length);
            if (VerifyFailure == TlsVerifyFailure.Pin && status != TlsStatus.NeedsInput && !_context.AcceptsUntrusted)
            {
                return RefusePin(output);
            }

            if (_wrongUsage && status == TlsStatus.Failed)
            {
                output.ReplaceAlert(TlsAlert.UnsupportedCertificate, TlsAlert.IllegalParameter); // where it is not encrypted
                return Refuse(OpenSslErrors.WrongKeyUsage);
            }

            _established |= status == TlsStatus.Done;
            return status;
        }
    }

    public override TlsStatus Read(ReadOnlySpan<byte> input, out int used, Span<byte> plain, out int count, TlsOutput output)
    {
        count = 0;
        fixed (byte* bytes = input)
        fixed (byte* room = plain)
        {
            Begin(bytes, input.Length, output);
            var status = TlsStatus.Done;
            while (count < plain.Length)
            {
                nuint read = 0;
                var result = LibSsl.Read(_ssl, room + count, (nuint)(plain.Length - count), &read);
                if (result != OpenSslConstants.Ok)
                {
                    status = Explain(result);
                    break;
                }

                count += (int)read;
            }

            used = End(input.Length);
            return status;
        }
    }

    public override TlsStatus Write(ReadOnlySpan<byte> plain, TlsOutput output)
    {
        fixed (byte* bytes = plain)
        {
            Begin(null, 0, output);
            nuint written = 0;
            var result = plain.IsEmpty ? OpenSslConstants.Ok : LibSsl.Write(_ssl, bytes, (nuint)plain.Length, &written);
            var status = result == OpenSslConstants.Ok ? TlsStatus.Done : Explain(result);
            End(0);
            return status == TlsStatus.Done ? status : TlsStatus.Failed; // an output without bounds never makes it wait
        }
    }

    public override void Shutdown(TlsOutput output)
    {
        if (_ssl != 0 && _established && !_fatal)
        {
            Begin(null, 0, output);
            _ = LibSsl.Shutdown(_ssl);
            LibCrypto.ClearErrors();
            End(0);
        }
    }

    /// <summary>OpenSSL reads.</summary>
    internal int TakeInput(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _inputLength);
        new ReadOnlySpan<byte>(_input, count).CopyTo(buffer);
        _input += count;
        _inputLength -= count;
        return count;
    }

    /// <summary>OpenSSL writes.</summary>
    internal void AddOutput(ReadOnlySpan<byte> bytes) => _output?.Append(bytes);

    protected override void Dispose(bool disposing)
    {
        if (_ssl != 0)
        {
            _output = null;
            if (_established && !_fatal)
            {
                LibSsl.SetShutdown(_ssl, OpenSslConstants.ShutdownBoth); // or its session could not be resumed any more
            }

            LibSsl.Free(_ssl);
            _ssl = 0;
            _self.Free();
        }
    }

    private TlsStatus Refuse(string reason)
    {
        _fatal = true;
        FailureReason = reason;
        return TlsStatus.Failed;
    }

    private TlsStatus RefuseFirst(FirstRecord.Kind first, TlsOutput output)
    {
        if (first == FirstRecord.Kind.Farewell)
        {
            return Refuse(OpenSslErrors.UnexpectedMessage);
        }

        output.AppendAlert(TlsAlert.ProtocolVersion);
        return Refuse(OpenSslErrors.WrongVersion);
    }

    // OpenSSL has alerts for chains only: this one is put in place of its own, or said through IsRefusedLate where that is encrypted.
    private TlsStatus RefusePin(TlsOutput output)
    {
        output.ReplaceAlert(TlsAlert.CertificateUnknown, TlsAlert.BadCertificateHashValue);
        return Refuse(OpenSslErrors.VerifyFailed);
    }

    private void Begin(byte* input, int length, TlsOutput output)
    {
        _input = input;
        _inputLength = length;
        _output = output;
    }

    private int End(int given)
    {
        var used = given - _inputLength;
        _input = null;
        _inputLength = 0;
        _output = null;
        return used;
    }

    private TlsStatus Explain(int result)
    {
        switch (LibSsl.GetError(_ssl, result))
        {
            case OpenSslConstants.ErrorWantRead:
                return TlsStatus.NeedsInput;
            case OpenSslConstants.ErrorZeroReturn:
                return TlsStatus.Ended;
            default:
                _fatal = true;
                var errors = OpenSslErrors.Take();
                FailureReason = errors.Text;
                if (errors.IsMissingCertificate)
                {
                    VerifyFailure = TlsVerifyFailure.NoCertificate;
                }

                return TlsStatus.Failed;
        }
    }
}
