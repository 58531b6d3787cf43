using System.Buffers.Text;

namespace Proxy.Http.H1;

internal sealed partial class Http1ServerCodec
{
    private BodyWriter _output;
    private bool _responseStarted;
    private bool _closeAfter; // this response is the last one of the connection
    private bool _answerEnded; // a tunnel's direction to the client, while the other one goes on

    private bool IsHttp10Response => RequestProtocol == HttpProtocol.Http10 && _options.AcceptHttp10;

    /// <summary>Sends an interim response.</summary>
    internal void EncodeInformational(HeaderMap headers)
    {
        if (_active is null || _responseStarted)
        {
            return;
        }

        var head = new HeadWriter(HeadWriter.SizeFor(headers), headers, _options.ProperCase);
        head.AddStatusLine(IsHttp10Response, StatusOf(headers));
        foreach (var field in headers)
        {
            if (!KnownHeaders.IsPseudo(field.Id) && field.Id is not (KnownHeader.ContentLength or KnownHeader.TransferEncoding))
            {
                head.AddField(field);
            }
        }

        head.Add("\r\n"u8);
        Send(head.Written);
    }

    /// <summary>Sends the head of the response.</summary>
    internal void EncodeHeaders(HeaderMap headers, bool endStream)
    {
        if (_active is null || _responseStarted)
        {
            return;
        }

        _responseStarted = true;
        var status = StatusOf(headers);
        var tunnel = (_isConnect && status is >= 200 and < 300) || (_isUpgrade && status == 101 && ConnectionOptions.IsUpgrade(headers));
        var hasLength = headers.TryGet(KnownHeader.ContentLength, out var length);
        var bodiless = _isHead || status is < 200 or 204 or 304;
        var untilClose = IsHttp10Response && !hasLength && !endStream && !bodiless && !tunnel;
        _closeAfter |= _draining || untilClose || (!tunnel && _state != State.Responding);

        var head = new HeadWriter(HeadWriter.SizeFor(headers), headers, _options.ProperCase);
        head.AddStatusLine(IsHttp10Response, status);
        var lineEnd = head.Written.Length;
        AddFields(ref head, headers, skipLength: tunnel || status is < 200 or 204);
        if (!tunnel && !headers.Contains(KnownHeader.Connection))
        {
            AddConnection(ref head);
        }

        BeginBody(ref head, status, endStream, bodiless, tunnel || untilClose, hasLength, length);
        _stream.CountFieldsSent(head.Written.Length - lineEnd);
        head.Add("\r\n"u8);
        Send(head.Written);
        if (endStream)
        {
            FinishResponse();
        }
        else if (tunnel)
        {
            OpenTunnel();
        }
    }

    /// <summary>Sends part of the body.</summary>
    internal void EncodeData(ReadOnlySpan<byte> data, bool endStream)
    {
        if (_active is null || !_responseStarted || _answerEnded)
        {
            return;
        }

        _stream.CountSent(_output.Write(_transport, data, endStream));
        if (endStream)
        {
            FinishResponse();
        }
    }

    /// <summary>Sends trailers, where they are wanted, and ends the response.</summary>
    internal void EncodeTrailers(HeaderMap trailers)
    {
        if (_active is null || !_responseStarted || _answerEnded)
        {
            return;
        }

        _stream.CountSent(_output.WriteTrailers(_transport, _options.EnableTrailers ? trailers : null, _options.ProperCase));
        FinishResponse();
    }

    private static int StatusOf(HeaderMap headers)
    {
        return Utf8Parser.TryParse(headers.Get(KnownHeader.Status), out int status, out _) && status is >= 100 and <= 999 ? status : 500;
    }

    private void AddFields(ref HeadWriter head, HeaderMap headers, bool skipLength)
    {
        foreach (var field in headers)
        {
            switch (field.Id)
            {
                case > KnownHeader.None and <= KnownHeaders.LastPseudo:
                case KnownHeader.TransferEncoding:
                case KnownHeader.ContentLength when skipLength:
                    continue;
                case KnownHeader.Connection:
                    _closeAfter |= TokenList.Contains(field.Value, "close"u8);
                    break;
                default:
                    break;
            }

            head.AddField(field);
        }
    }

    private void AddConnection(ref HeadWriter head)
    {
        if (_closeAfter)
        {
            head.AddLine("connection: close\r\n"u8);
        }
        else if (IsHttp10Response)
        {
            head.AddLine("connection: keep-alive\r\n"u8);
        }
    }

    private void BeginBody(ref HeadWriter head, int status, bool endStream, bool bodiless, bool raw, bool hasLength, ReadOnlySpan<byte> length)
    {
        if (raw)
        {
            _output.BeginRaw();
        }
        else if (status is < 200 or 204 or 304)
        {
            _output.BeginNone();
        }
        else if (hasLength)
        {
            if (bodiless)
            {
                _output.BeginNone();
            }
            else
            {
                _output.BeginLength(length);
            }
        }
        else if (endStream && !_isHead)
        {
            head.AddLine("content-length: 0\r\n"u8);
            _output.BeginNone();
        }
        else
        {
            BeginUnknownLength(ref head);
        }
    }

    private void BeginUnknownLength(ref HeadWriter head)
    {
        // An answer to HEAD announces what the one to GET would do.
        if (!IsHttp10Response)
        {
            head.AddLine("transfer-encoding: chunked\r\n"u8);
        }

        if (_isHead)
        {
            _output.BeginNone();
        }
        else
        {
            _output.BeginChunked();
        }
    }

    private void FinishResponse()
    {
        if (_state == State.Tunnel)
        {
            _answerEnded = true;
            _transport.EndWrite();
            return; // the stream ends with the client's own direction
        }

        // The client waits for the rest of a short body: only the end of the connection tells it that there is none.
        _closeAfter |= _output.IsShort;
        EndStream();
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        _stream.CountSent(bytes.Length);
        _transport.Write(bytes);
    }
}
