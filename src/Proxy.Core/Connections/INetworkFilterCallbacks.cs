namespace Proxy.Connections;

/// <summary>What a network filter can do to its connection.</summary>
public interface INetworkFilterCallbacks
{
    /// <summary>The connection.</summary>
    Connection Connection { get; }

    /// <summary>Calls the filters behind this one with what is kept, after it had stopped the iteration. Takes effect when the current callback has unwound.</summary>
    void ContinueReading();

    /// <summary>Sends bytes through the write filters in front of this one.</summary>
    void Write(ReadOnlySpan<byte> data, bool endStream);
}
