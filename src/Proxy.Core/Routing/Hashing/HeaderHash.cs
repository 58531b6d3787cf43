using System.IO.Hashing;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing.Matching;

namespace Proxy.Routing.Hashing;

/// <summary>Hashes the values of a header, in the order of their bytes, each rewritten first.</summary>
internal sealed class HeaderHash : HashPart
{
    private readonly HeaderName _name;
    private readonly ByteRegex? _regex;
    private readonly RegexSubstitution? _substitution;

    public HeaderHash(HeaderName name, ByteRegex? regex, RegexSubstitution? substitution)
    {
        _name = name;
        _regex = regex;
        _substitution = substitution;
    }

    public override ulong? Compute(in HashInput input)
    {
        if (input.Headers is not { } headers || !_name.TryGet(headers, out var first))
        {
            return null;
        }

        return Count(headers) == 1 ? XxHash64.HashToUInt64(Rewritten(first, input)) : ComputeAll(headers, input);
    }

    private int Count(HeaderMap headers)
    {
        var count = 0;
        foreach (var field in headers)
        {
            count += _name.Is(field) ? 1 : 0;
        }

        return count;
    }

    // Repeated headers are rare enough to be copied.
    private ulong ComputeAll(HeaderMap headers, in HashInput input)
    {
        var values = new List<byte[]>();
        foreach (var field in headers)
        {
            if (_name.Is(field))
            {
                values.Add(Rewritten(field.Value, input).ToArray());
            }
        }

        values.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        var hash = 0L;
        foreach (var value in values)
        {
            hash = (long)XxHash64.HashToUInt64(value, hash);
        }

        return (ulong)hash;
    }

    private ReadOnlySpan<byte> Rewritten(ReadOnlySpan<byte> value, in HashInput input)
    {
        if (_regex is null)
        {
            return value;
        }

        var scratch = input.Scratch ?? new FormatWriter();
        scratch.Clear();
        _regex.Replace(value, _substitution!, scratch);
        return scratch.Written;
    }
}
