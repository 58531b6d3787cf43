namespace Proxy.Testing;

/// <summary>The code under test did something else than the peer's script expects.</summary>
public sealed class TestPeerException : Exception
{
    public TestPeerException(string message)
        : base(message)
    {
    }
}
