using Proxy.Configuration;

namespace Proxy.Clusters.Health;

/// <summary>Parts that an answer must have inside, one behind the other, with anything between them. Immutable.</summary>
internal sealed class PayloadMatcher
{
    private readonly byte[][] _parts;

    private PayloadMatcher(byte[][] parts)
    {
        _parts = parts;
    }

    /// <summary>True when any answer will do.</summary>
    public bool IsEmpty => _parts.Length == 0;

    /// <summary>Compiles hexadecimal digits, adding faults.</summary>
    public static PayloadMatcher Compile(ConfigList<string> parts, string path, FaultList faults)
    {
        return new PayloadMatcher([.. parts.Select((part, i) => Bytes(part, $"{path}[{i}].text", faults))]);
    }

    /// <summary>The bytes that hexadecimal digits stand for; none, with a fault in the list, when they are no such digits.</summary>
    public static byte[] Bytes(string digits, string path, FaultList faults)
    {
        try
        {
            return Convert.FromHexString(digits);
        }
        catch (FormatException)
        {
            faults.Add(path, $"'{digits}' must be hexadecimal digits, two a byte");
            return [];
        }
    }

    /// <summary>True when <paramref name="answer"/> has every part.</summary>
    public bool Matches(ReadOnlySpan<byte> answer)
    {
        foreach (var part in _parts)
        {
            var at = answer.IndexOf(part);
            if (at < 0)
            {
                return false;
            }

            answer = answer[(at + part.Length)..];
        }

        return true;
    }
}
