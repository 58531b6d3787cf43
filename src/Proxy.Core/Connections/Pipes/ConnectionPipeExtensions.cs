using System.IO.Pipelines;

namespace Proxy.Connections.Pipes;

/// <summary>The bridge from connections to code that works on pipes and streams.</summary>
public static class ConnectionPipeExtensions
{
    private const int DefaultPauseThreshold = 64 * 1024;

    /// <summary>Hands the connection over to the pipe returned: its input is what the peer sends, its output goes to the peer. On the worker.</summary>
    /// <remarks>
    /// <para>The pipe may be used from any thread. A reader that falls behind stops the peer; a peer that falls behind stops the writer.</para>
    /// <para>
    /// The peer's FIN ends the input; its reset makes reading throw <see cref="IOException"/>. Completing the output sends FIN, completing it with an
    /// exception resets. The connection is closed when both sides are complete.
    /// </para>
    /// </remarks>
    /// <param name="connection">The connection; it must have no other owner any more.</param>
    /// <param name="pauseThreshold">Bytes that wait in either direction before the sending side is stopped. Default 64 KiB.</param>
    public static IDuplexPipe AsDuplexPipe(this Connection connection, int pauseThreshold = DefaultPauseThreshold)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pauseThreshold);
        connection.Worker.AssertCurrent();
        var pipe = new ConnectionPipe(connection, pauseThreshold);
        pipe.Begin();
        return pipe;
    }

    /// <summary>As above, and calls <paramref name="closed"/> on the worker when the connection has closed.</summary>
    internal static IDuplexPipe AsDuplexPipe(this Connection connection, Action closed)
    {
        var pipe = new ConnectionPipe(connection, DefaultPauseThreshold) { Closed = closed };
        pipe.Begin();
        return pipe;
    }
}
