namespace Proxy.Http;

/// <summary>How the names of one message were written by its sender. Reused with its map.</summary>
internal sealed class HeaderNames
{
    private readonly List<Range> _names = [];
    private byte[] _bytes = new byte[512];
    private int _used;
    private Range _reason;

    /// <summary>True when the message at hand keeps its names.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Names that the sender did not use are written in proper case.</summary>
    public bool ProperCaseForOthers { get; private set; }

    /// <summary>The reason phrase; empty for the usual one.</summary>
    public ReadOnlySpan<byte> Reason => _bytes.AsSpan(_reason);

    /// <summary>A message begins.</summary>
    public void Begin(bool properCaseForOthers)
    {
        Clear();
        IsUsed = true;
        ProperCaseForOthers = properCaseForOthers;
    }

    public void Clear()
    {
        _names.Clear();
        _used = 0;
        _reason = default;
        IsUsed = false;
    }

    /// <summary>Remembers <paramref name="name"/>; of a repeated one the first spelling counts.</summary>
    public void Add(ReadOnlySpan<byte> name) => _names.Add(Store(name));

    public void SetReason(ReadOnlySpan<byte> reason) => _reason = Store(reason);

    /// <summary>Writes the sender's spelling over <paramref name="name"/>, which is in lower case.</summary>
    public void Spell(Span<byte> name)
    {
        foreach (var range in _names)
        {
            var known = _bytes.AsSpan(range);
            if (AsciiBytes.EqualsIgnoreCase(known, name))
            {
                known.CopyTo(name);
                return;
            }
        }

        if (ProperCaseForOthers)
        {
            Capitalize(name);
        }
    }

    /// <summary>The first letter, and each behind something that is neither letter nor digit, becomes upper case.</summary>
    public static void Capitalize(Span<byte> name)
    {
        var isFirst = true;
        foreach (ref var value in name)
        {
            if (isFirst && char.IsAsciiLetterLower((char)value))
            {
                value -= 0x20;
            }

            isFirst = !char.IsAsciiLetterOrDigit((char)value);
        }
    }

    private Range Store(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _used < bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(_used));
        _used += bytes.Length;
        return (_used - bytes.Length).._used;
    }
}
