using Proxy.Connections;

namespace Proxy.Http.H1;

internal sealed partial class Http1ClientCodec
{
    /// <summary>What the transport is told when CONNECT has ended with its head.</summary>
    internal const string TunnelNotWanted = "http1.tunnel_not_wanted";

    private BodyWriter _output;
    private bool _requestStarted;
    private bool _isHead;
    private bool _isConnect;
    private bool _isUpgrade;
    private bool _endedWithHead;

    /// <summary>Sends the head of the request.</summary>
    internal void EncodeHeaders(HeaderMap headers, bool endStream)
    {
        if (_active is null || _requestStarted)
        {
            return;
        }

        var method = headers.Get(KnownHeader.Method);
        _requestStarted = true;
        _isHead = method.SequenceEqual("HEAD"u8);
        _isConnect = method.SequenceEqual("CONNECT"u8);
        _isUpgrade = !_isConnect && ConnectionOptions.IsUpgrade(headers);
        var head = new HeadWriter(HeadWriter.SizeFor(headers) + headers.Get(KnownHeader.Authority).Length, headers, _options.ProperCase);
        AddRequestLine(ref head, headers, method);
        var lineEnd = head.Written.Length;
        AddFields(ref head, headers);
        BeginBody(ref head, headers, method, endStream);
        _stream.CountFieldsSent(head.Written.Length - lineEnd);
        head.Add("\r\n"u8);
        Send(head.Written);
        if (endStream)
        {
            EndWithHead();
        }
    }

    /// <summary>Sends part of the body.</summary>
    internal void EncodeData(ReadOnlySpan<byte> data, bool endStream)
    {
        if (_requestComplete || !_requestStarted)
        {
            return;
        }

        _stream.CountSent(_output.Write(_transport, data, endStream));
        if (endStream)
        {
            FinishRequest();
        }
    }

    /// <summary>Sends trailers, where they are wanted, and ends the request.</summary>
    internal void EncodeTrailers(HeaderMap trailers)
    {
        if (_requestComplete || !_requestStarted)
        {
            return;
        }

        _stream.CountSent(_output.WriteTrailers(_transport, _options.EnableTrailers ? trailers : null, _options.ProperCase));
        FinishRequest();
    }

    private void AddRequestLine(ref HeadWriter head, HeaderMap headers, ReadOnlySpan<byte> method)
    {
        head.Add(method);
        head.Add(" "u8);
        if (_isConnect)
        {
            head.Add(headers.Get(KnownHeader.Authority));
        }
        else
        {
            if (_options.SendFullyQualifiedUrl)
            {
                var scheme = headers.Get(KnownHeader.Scheme);
                head.Add(scheme.IsEmpty ? "http"u8 : scheme);
                head.Add("://"u8);
                head.Add(headers.Get(KnownHeader.Authority));
            }

            head.Add(headers.Get(KnownHeader.Path));
        }

        head.Add(" HTTP/1.1\r\n"u8);
    }

    private static void AddFields(ref HeadWriter head, HeaderMap headers)
    {
        var hasAuthority = headers.TryGet(KnownHeader.Authority, out var authority);
        if (hasAuthority)
        {
            head.AddField("host"u8, authority);
        }

        foreach (var field in headers)
        {
            if (KnownHeaders.IsPseudo(field.Id) || field.Id == KnownHeader.TransferEncoding || (field.Id == KnownHeader.Host && hasAuthority))
            {
                continue;
            }

            head.AddField(field);
        }
    }

    private void BeginBody(ref HeadWriter head, HeaderMap headers, ReadOnlySpan<byte> method, bool endStream)
    {
        if (_isConnect || _isUpgrade)
        {
            _output.BeginRaw();
        }
        else if (headers.TryGet(KnownHeader.ContentLength, out var length))
        {
            _output.BeginLength(length);
        }
        else if (endStream)
        {
            _output.BeginNone();
            if (!HttpMethods.IsBodiless(method))
            {
                head.AddLine("content-length: 0\r\n"u8);
            }
        }
        else
        {
            head.AddLine("transfer-encoding: chunked\r\n"u8);
            _output.BeginChunked();
        }
    }

    // A client that ends its direction before there is a tunnel has no use for CONNECT: as in Envoy the connection ends, and not just its direction.
    // With an upgrade it has said nothing about what follows: the upstream is not told of an end.
    private void EndWithHead()
    {
        FinishRequest();
        _endedWithHead = true;
        if (_isConnect)
        {
            _shouldClose = true;
            _transport.Close(CloseMode.Flush, TunnelNotWanted);
        }
    }

    private void FinishRequest()
    {
        _requestComplete = true;

        // The upstream waits for the rest of a short body, and would take the next request for it.
        _shouldClose |= _output.IsShort;
        if (_tunnel)
        {
            _transport.EndWrite();
        }

        if (_answerEnded)
        {
            TakeHandler(); // it has had the last event: the upstream ended its direction first
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        _stream.CountSent(bytes.Length);
        _transport.Write(bytes);
    }
}
