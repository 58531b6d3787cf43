using System.Text;

namespace Proxy.Http.H1;

internal sealed partial class Http1ServerCodec
{
    private FieldReader _fields;
    private MessageFraming _framing;
    private HttpProtocol _lineProtocol; // counts once the head is complete
    private Http1Fault _targetFault; // reported behind faults of the framing
    private int _uncounted; // pseudo headers that are no header of the request
    private bool _hasBegun; // a request was seen on this connection
    private bool _hostSeen;
    private bool _hostFromTarget;
    private bool _isHead;
    private bool _isConnect;
    private bool _isUpgrade;
    private bool _isTunnel;

    private bool BeginRequest(ReadOnlySpan<byte> data, ref int used)
    {
        var blank = data.IndexOfAnyExcept((byte)'\r', (byte)'\n');
        if (blank != 0)
        {
            used += blank < 0 ? data.Length : blank;
            return true;
        }

        if (_transport.IsClosing)
        {
            _state = State.Discard;
            _shouldClose = true;
            return true;
        }

        ResetRequest();
        _stream.Restart();
        var handler = _active = _owner.OnNewStream(_stream);
        handler.RequestHeaders.Clear();
        if (_options.KeepsNames)
        {
            handler.RequestHeaders.KeepNames(_options.ProperCaseForOwn);
        }

        if (_aboveHighWatermark)
        {
            handler.OnAboveHighWatermark();
        }

        _fields.Begin(_options.MaxHeadBytes);
        _state = State.RequestLine;
        // The peer of another protocol may never send a line.
        if (data[0] <= ' ' || (!_hasBegun && !HttpMethods.CanBegin(data[0], _options.AllowCustomMethods)))
        {
            Fail(Http1Fault.Malformed);
        }

        _hasBegun = true;
        return true;
    }

    private void ResetRequest()
    {
        RequestProtocol = HttpProtocol.Http11;
        _framing = default;
        _targetFault = Http1Fault.None;
        _uncounted = 0;
        _hostSeen = _hostFromTarget = false;
        _isHead = _isConnect = _isUpgrade = _isTunnel = _answerEnded = false;
        _closeAfter = false;
        _responseStarted = false;
    }

    private bool ReadRequestLine(ReadOnlySpan<byte> data, ref int used)
    {
        var found = _fields.ReadLine(data, out var line, out var consumed);
        if (found == FieldResult.NeedMore)
        {
            return false;
        }

        Consume(consumed, ref used);
        if (found == FieldResult.Fault || !RequestLine.TryParse(line, _options.AllowCustomMethods, out var request))
        {
            Fail(found == FieldResult.Fault ? _fields.Fault : Http1Fault.Malformed);
            return true;
        }

        _lineProtocol = request.Protocol;
        _isHead = request.Method.SequenceEqual("HEAD"u8);
        _isConnect = request.Method.SequenceEqual("CONNECT"u8);
        var headers = _active!.RequestHeaders;
        headers.Add(KnownHeader.Method, request.Method);
        AddTarget(headers, request);
        _uncounted = headers.Count;
        _state = State.Fields;
        if (!request.HasVersion)
        {
            CompleteHead(headers); // HTTP/0.9 has no fields
        }

        return true;
    }

    private void AddTarget(HeaderMap headers, RequestLine request)
    {
        if (!_isConnect && (!_options.AllowAbsoluteUrl || RequestTarget.IsPath(request.Target, request.Method.SequenceEqual("OPTIONS"u8))))
        {
            headers.Add(KnownHeader.Path, request.Target);
            return;
        }

        if (!RequestTarget.TrySplit(request.Target, _isConnect, out var target))
        {
            _targetFault = Http1Fault.InvalidUrl;
            return;
        }

        _hostFromTarget = true;
        if (!_isConnect)
        {
            headers.Add(KnownHeader.Path, target.Path);
            AddScheme(headers, target.Scheme);
        }

        headers.Add(KnownHeader.Authority, target.Authority);
    }

    private void AddScheme(HeaderMap headers, ReadOnlySpan<byte> scheme)
    {
        if (AsciiBytes.EqualsIgnoreCase(scheme, "http"u8))
        {
            headers.Add(KnownHeader.Scheme, "http"u8);
        }
        else if (AsciiBytes.EqualsIgnoreCase(scheme, "https"u8))
        {
            headers.Add(KnownHeader.Scheme, "https"u8);
        }
        else
        {
            _targetFault = Http1Fault.InvalidScheme;
        }
    }

    private bool ReadFields(ReadOnlySpan<byte> data, ref int used)
    {
        var headers = _active!.RequestHeaders;
        while (true)
        {
            var found = _fields.ReadField(data, out var name, out var value, out var consumed);
            if (found == FieldResult.NeedMore)
            {
                return false;
            }

            Consume(consumed, ref used);
            if (found == FieldResult.End)
            {
                CompleteHead(headers);
                return true;
            }

            _stream.CountField(name.Length, value.Length);
            var fault = found switch
            {
                FieldResult.Fault => _fields.Fault,
                FieldResult.Skipped => Http1Fault.None,
                _ => AddField(headers, name, value),
            };
            if (fault != Http1Fault.None)
            {
                Fail(fault);
                return true;
            }

            data = data[consumed..];
        }
    }

    private Http1Fault AddField(HeaderMap headers, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (_options.HeadersWithUnderscores != HeadersWithUnderscoresAction.Allow && name.Contains((byte)'_'))
        {
            return RefuseUnderscore();
        }

        if (_options.KeepsNames)
        {
            headers.OriginalNames!.Add(name);
        }

        if (name.Length == 4 && AsciiBytes.EqualsIgnoreCase(name, "host"u8))
        {
            return AddHost(headers, value);
        }

        if (!_framing.TryAdd(headers.AddReceived(name, value), value))
        {
            return Http1Fault.Malformed;
        }

        return headers.Count - _uncounted > _options.MaxHeadersCount ? Http1Fault.TooManyHeaders : Http1Fault.None;
    }

    private Http1Fault RefuseUnderscore()
    {
        var drop = _options.HeadersWithUnderscores == HeadersWithUnderscoresAction.DropHeader;
        _active!.OnUnderscoreFault(drop);
        return drop ? Http1Fault.None : Http1Fault.UnexpectedUnderscore;
    }

    // Two hosts could mean one thing here and another upstream.
    private Http1Fault AddHost(HeaderMap headers, ReadOnlySpan<byte> value)
    {
        if (_hostSeen)
        {
            _targetFault = Http1Fault.Malformed;
            return Http1Fault.None;
        }

        _hostSeen = true;
        if (_hostFromTarget)
        {
            _uncounted--;
        }
        else
        {
            headers.AddPseudo(KnownHeader.Authority, value);
        }

        return headers.Count - _uncounted > _options.MaxHeadersCount ? Http1Fault.TooManyHeaders : Http1Fault.None;
    }

    private void CompleteHead(HeaderMap headers)
    {
        RequestProtocol = _lineProtocol;
        _closeAfter = ConnectionOptions.WantsClose(headers, RequestProtocol);
        _isUpgrade = ConnectionOptions.IsUpgrade(headers);
        if (_isUpgrade && headers.TryGet(KnownHeader.Upgrade, out var protocol) && AsciiBytes.EqualsIgnoreCase(protocol, "h2c"u8))
        {
            ConnectionOptions.RemoveH2cOffer(headers);
            _isUpgrade = false;
        }
        else if (_isUpgrade && _options.IgnoredUpgrades.Length > 0)
        {
            _isUpgrade = !ConnectionOptions.RemoveUpgrades(headers, _options.IgnoredUpgrades);
        }

        var fault = CheckHead(headers);
        if (fault != Http1Fault.None)
        {
            Fail(fault);
            return;
        }

        _isTunnel = _isUpgrade || _isConnect;
        var kind = _isTunnel ? BodyKind.UntilClose
            : _framing.IsChunked ? BodyKind.Chunked
            : _framing.Length > 0 ? BodyKind.Length
            : BodyKind.None;
        _body.Begin(kind, _framing.Length);
        _state = kind == BodyKind.None ? State.Responding : _isTunnel ? State.TunnelRequested : State.Body;
        _active!.OnHeaders(endStream: kind == BodyKind.None);
    }

    private void OpenTunnel()
    {
        if (_state == State.TunnelRequested)
        {
            _state = State.Tunnel;
            _transport.BeginTunnel();
            ResumeReading();
        }
    }

    private Http1Fault CheckHead(HeaderMap headers)
    {
        if (_isConnect && _framing.HasLength)
        {
            if (_framing.Length > 0)
            {
                return Http1Fault.ContentLengthNotAllowed;
            }

            _framing.DropLength(headers);
        }

        var fault = _framing.ResolveCoding(headers, _options.AllowChunkedLength);
        if (fault != Http1Fault.None)
        {
            return fault;
        }

        if (_framing.IsChunked && _isConnect)
        {
            return Http1Fault.InvalidTransferEncoding;
        }

        if (_targetFault == Http1Fault.InvalidUrl)
        {
            return _targetFault; // whatever its version is
        }

        if (RequestProtocol == HttpProtocol.Http10 && !_options.AcceptHttp10)
        {
            return Http1Fault.LowVersion;
        }

        if (_targetFault != Http1Fault.None)
        {
            return _targetFault;
        }

        if (!_isUpgrade && !_isConnect && !ConnectionOptions.TryRemoveNominated(headers))
        {
            return Http1Fault.ConnectionHeaderRejected;
        }

        return CheckAuthority(headers);
    }

    private Http1Fault CheckAuthority(HeaderMap headers)
    {
        if (headers.TryGet(KnownHeader.Authority, out var authority))
        {
            return authority.ContainsAnyExcept(Http1Chars.Authority) ? Http1Fault.InvalidAuthority : Http1Fault.None;
        }

        if (RequestProtocol == HttpProtocol.Http10 && _options.DefaultHostForHttp10.Length > 0)
        {
            AddDefaultHost(headers);
        }

        return Http1Fault.None;
    }

    private void AddDefaultHost(HeaderMap headers)
    {
        var host = _options.DefaultHostForHttp10;
        Span<byte> bytes = stackalloc byte[256];
        bytes = host.Length <= bytes.Length ? bytes : new byte[host.Length];
        headers.AddPseudo(KnownHeader.Authority, bytes[..Encoding.ASCII.GetBytes(host, bytes)]);
    }

    private void Consume(int count, ref int used)
    {
        used += count;
        _stream.CountReceived(count);
    }
}
