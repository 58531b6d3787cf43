using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Proxy.Http.H1;

/// <summary>Writes a head into memory that all codecs of a thread share, to be sent in one piece.</summary>
internal ref struct HeadWriter
{
    private const int InitialSize = 16 * 1024;
    private const int KeptSize = 256 * 1024;

    [ThreadStatic]
    [SuppressMessage("Usage", "CA2019", Justification = "No initial value: every thread makes its own on first use.")]
    private static byte[]? s_scratch;

    private readonly Span<byte> _buffer;
    private readonly HeaderNames? _names;
    private readonly bool _properCase;
    private int _length;

    /// <summary>Begins a head of at most <paramref name="size"/> bytes. Only one may be under way on a thread.</summary>
    public HeadWriter(int size)
    {
        var scratch = s_scratch;
        if (scratch is null || scratch.Length < size)
        {
            scratch = new byte[Math.Max(size, InitialSize)];
            s_scratch = scratch.Length <= KeptSize ? scratch : s_scratch;
        }

        _buffer = scratch;
    }

    /// <summary>Begins the head of <paramref name="headers"/>, with names as their sender wrote them, in proper case, or in lower case.</summary>
    public HeadWriter(int size, HeaderMap headers, bool properCase)
        : this(size)
    {
        _names = headers.OriginalNames is { IsUsed: true } names ? names : null;
        _properCase = properCase && _names is null;
    }

    /// <summary>What was written so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>Room enough for the fields of <paramref name="headers"/> and what a codec adds to them.</summary>
    public static int SizeFor(HeaderMap headers) =>
        headers.ByteSize + (headers.Count * 4) + 256 + (headers.OriginalNames is { IsUsed: true } names ? names.Reason.Length : 0);

    /// <summary>Adds bytes as they are.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer[_length..]);
        _length += text.Length;
    }

    /// <summary>Adds a whole field line whose name is in lower case, with its CR LF.</summary>
    public void AddLine(ReadOnlySpan<byte> line)
    {
        Add(line);
        Spell(_length - line.Length, line.IndexOf((byte)':'));
    }

    /// <summary>Adds a field line.</summary>
    public void AddField(in HeaderField field)
    {
        if (field.Id == KnownHeader.None)
        {
            AddField(field.Name, field.Value);
            return;
        }

        var prefix = KnownHeaders.PrefixOf(field.Id);
        var target = _buffer.Slice(_length, prefix.Length + field.Value.Length + 2);
        prefix.CopyTo(target);
        field.Value.CopyTo(target[prefix.Length..]);
        target[^2] = (byte)'\r';
        target[^1] = (byte)'\n';
        Spell(_length, prefix.Length - 2);
        _length += target.Length;
    }

    /// <summary>Adds a field line.</summary>
    public void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var target = _buffer.Slice(_length, name.Length + value.Length + 4);
        name.CopyTo(target);
        target[name.Length] = (byte)':';
        target[name.Length + 1] = (byte)' ';
        value.CopyTo(target[(name.Length + 2)..]);
        target[^2] = (byte)'\r';
        target[^1] = (byte)'\n';
        Spell(_length, name.Length);
        _length += target.Length;
    }

    /// <summary>Adds a status line.</summary>
    public void AddStatusLine(bool http10, int status)
    {
        if (status == 200 && !http10 && _names is null)
        {
            Add("HTTP/1.1 200 OK\r\n"u8);
            return;
        }

        Add(http10 ? "HTTP/1.0 "u8 : "HTTP/1.1 "u8);
        Utf8Formatter.TryFormat(status, _buffer[_length..], out var digits);
        _length += digits;
        Add(" "u8);
        Add(_names is { Reason.IsEmpty: false } names ? names.Reason : ReasonPhrases.Of(status));
        Add("\r\n"u8);
    }

    /// <summary>Adds the line in front of a chunk.</summary>
    public void AddChunkSize(int size)
    {
        Utf8Formatter.TryFormat(size, _buffer[_length..], out var digits, new System.Buffers.StandardFormat('x'));
        _length += digits;
        Add("\r\n"u8);
    }

    /// <summary>Adds the trailers and the line that ends them.</summary>
    public void AddTrailers(HeaderMap trailers)
    {
        foreach (var field in trailers)
        {
            if (!KnownHeaders.IsPseudo(field.Id))
            {
                AddField(field);
            }
        }

        Add("\r\n"u8);
    }

    private readonly void Spell(int start, int length)
    {
        if (_names is null && !_properCase)
        {
            return;
        }

        var name = _buffer.Slice(start, length);
        if (_names is null)
        {
            HeaderNames.Capitalize(name);
        }
        else
        {
            _names.Spell(name);
        }
    }
}
