namespace Proxy.Testing;

/// <summary>The code under test did something else than the peer's script expects.</summary>
public sealed class TestPeerException : Exception
{
    /// <summary>Says what was expected and what came.</summary>
    public TestPeerException(string message)
        : base(message)
    {
    }
}
