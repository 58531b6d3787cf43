namespace Proxy.Discovery.V1.Schema;

/// <summary>One key of an object in the v1 schema.</summary>
/// <param name="Name">The key.</param>
/// <param name="IsRequired">It must be given.</param>
/// <param name="Type">What may stand there.</param>
internal sealed record V1Field(string Name, bool IsRequired, V1Type Type)
{
    // What a duration of protobuf holds: 10,000 years.
    private const long MaxSeconds = 315_576_000_000;

    /// <summary>Reads a line such as <c>connect_timeout_ms! 1..</c>.</summary>
    public static V1Field Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var name = words[0].TrimEnd('!');
        var type = V1Type.Parse(words.AsSpan(1));
        return new V1Field(name, words[0].EndsWith('!'), type.IsOpen ? type with { Most = MostOf(name) } : type);
    }

    private static long MostOf(string name) => name switch
    {
        _ when name.EndsWith("_ms", StringComparison.Ordinal) => MaxSeconds * 1000,
        _ when name.EndsWith("_s", StringComparison.Ordinal) => MaxSeconds,
        _ => uint.MaxValue,
    };
}
