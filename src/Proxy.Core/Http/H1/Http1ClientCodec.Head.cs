using System.Buffers.Text;

namespace Proxy.Http.H1;

internal sealed partial class Http1ClientCodec
{
    private FieldReader _fields;
    private MessageFraming _framing;
    private HttpProtocol _responseProtocol;
    private int _status;

    private bool BeginResponse(byte first)
    {
        _fields.Begin(_options.MaxHeadBytes);
        _framing = default;
        _state = State.StatusLine;
        _active!.ResponseHeaders.Clear();
        if (_options.KeepsNames)
        {
            _active.ResponseHeaders.KeepNames(_options.ProperCaseForOwn);
        }

        if (first != 'H')
        {
            Fail(Http1Fault.Malformed);
        }

        return true;
    }

    private bool ReadStatusLine(ReadOnlySpan<byte> data, ref int used)
    {
        var found = _fields.ReadLine(data, out var line, out var consumed);
        if (found == FieldResult.NeedMore)
        {
            return false;
        }

        Consume(consumed, ref used);
        if (found == FieldResult.Fault || !StatusLine.TryParse(line, out _responseProtocol, out _status))
        {
            Fail(found == FieldResult.Fault ? _fields.Fault : Http1Fault.Malformed);
            return true;
        }

        if (_options.KeepsReason && _options.KeepsNames)
        {
            _active!.ResponseHeaders.OriginalNames!.SetReason(StatusLine.ReasonOf(line));
        }

        Span<byte> digits = stackalloc byte[3];
        Utf8Formatter.TryFormat(_status, digits, out _);
        _active!.ResponseHeaders.Add(KnownHeader.Status, digits);
        _state = State.Fields;
        return true;
    }

    private bool ReadFields(ReadOnlySpan<byte> data, ref int used)
    {
        var headers = _active!.ResponseHeaders;
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
                CompleteHead(headers, hasMore: consumed < data.Length);
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
        if (_options.KeepsNames)
        {
            headers.OriginalNames!.Add(name);
        }

        if (!_framing.TryAdd(headers.AddReceived(name, value), value, mayBeChunked: _options.AllowChunkedLength))
        {
            return Http1Fault.Malformed;
        }

        return headers.Count - 1 > _options.MaxHeadersCount ? Http1Fault.TooManyHeaders : Http1Fault.None;
    }

    private void CompleteHead(HeaderMap headers, bool hasMore)
    {
        if (_options.IgnoredUpgrades.Length > 0 && ConnectionOptions.IsUpgrade(headers))
        {
            ConnectionOptions.RemoveUpgrades(headers, _options.IgnoredUpgrades);
        }

        var tunnel = IsTunnel(headers);
        var fault = CheckHead(headers, tunnel);
        if (fault != Http1Fault.None)
        {
            Fail(fault);
            return;
        }

        if (_status < 200 && _status != 101)
        {
            _state = State.Begin;
            if (_status is 100 or (>= 102 and <= 104))
            {
                _active!.OnInformational();
            }

            return;
        }

        // HTTP/1.0 has no reliable way to keep a connection, and after a switch nobody knows what follows.
        _shouldClose |= tunnel || _status == 101 || _responseProtocol == HttpProtocol.Http10
            || ConnectionOptions.WantsClose(headers, _responseProtocol);
        var kind = BodyKindOf(tunnel);
        _shouldClose |= kind == BodyKind.UntilClose;
        if (kind == BodyKind.None)
        {
            _shouldClose |= hasMore;
            TakeHandler().OnHeaders(endStream: true);
            return;
        }

        _body.Begin(kind, _framing.Length, lenient: true);
        _state = State.Body;
        if (tunnel)
        {
            OpenTunnel();
        }

        _active!.OnHeaders(endStream: false);
    }

    private void OpenTunnel()
    {
        _tunnel = true;
        _transport.BeginTunnel();
        if (_requestComplete && !_endedWithHead)
        {
            _transport.EndWrite();
        }
    }

    private bool IsTunnel(HeaderMap headers)
    {
        return (_isConnect && _status is >= 200 and < 300) || (_isUpgrade && _status == 101 && ConnectionOptions.IsUpgrade(headers));
    }

    private BodyKind BodyKindOf(bool tunnel)
    {
        if (tunnel)
        {
            return BodyKind.UntilClose;
        }

        if (_isHead || _status is < 200 or 204 or 304)
        {
            return BodyKind.None;
        }

        return _framing.IsChunked ? BodyKind.Chunked
            : !_framing.HasLength ? BodyKind.UntilClose
            : _framing.Length > 0 ? BodyKind.Length
            : BodyKind.None;
    }

    private Http1Fault CheckHead(HeaderMap headers, bool tunnel)
    {
        if (tunnel && _isConnect)
        {
            return Http1Fault.None; // RFC 9112 section 6.3: framing fields of such an answer do not count
        }

        var fault = _framing.ResolveCoding(headers, _options.AllowChunkedLength);
        if (fault != Http1Fault.None || _status is not (< 200 or 204))
        {
            return fault;
        }

        if (_framing.IsChunked)
        {
            return Http1Fault.TransferEncodingNotAllowed;
        }

        if (_framing.Length > 0)
        {
            return Http1Fault.ContentLengthNotAllowed;
        }

        if (_framing.HasLength)
        {
            _framing.DropLength(headers);
        }

        return Http1Fault.None;
    }

    private void Consume(int count, ref int used)
    {
        used += count;
        _stream.CountReceived(count);
    }
}
