namespace Proxy.Discovery.V1.Schema;

/// <summary>One key of an object in the v1 schema.</summary>
/// <param name="Name">The key.</param>
/// <param name="IsRequired">It must be given.</param>
/// <param name="Type">What may stand there.</param>
internal sealed record V1Field(string Name, bool IsRequired, V1Type Type)
{
    /// <summary>Reads a line such as <c>connect_timeout_ms! 1..</c>.</summary>
    public static V1Field Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new V1Field(words[0].TrimEnd('!'), words[0].EndsWith('!'), V1Type.Parse(words.AsSpan(1)));
    }
}
