namespace Proxy.Fuzz.Targets;

/// <summary>A rule was broken.</summary>
public sealed class FuzzException(string message) : Exception(message)
{
    /// <summary>Throws unless both sides are the same.</summary>
    public static void ThrowUnlessEqual(string left, string right, string rule)
    {
        if (left != right)
        {
            throw new FuzzException($"{rule}\n--- {left}\n--- {right}");
        }
    }
}
