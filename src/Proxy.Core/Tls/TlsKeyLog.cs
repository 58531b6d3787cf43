using System.Net;
using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Connections;
using Proxy.Matching;
using Proxy.Workers.Files;

namespace Proxy.Tls;

/// <summary>Writes the secrets of sessions to a file (NSS key log format). For all workers.</summary>
internal sealed class TlsKeyLog
{
    private readonly ILogFile _file;
    private readonly TlsKeyLogConfig _config;

    private TlsKeyLog(ILogFile file, TlsKeyLogConfig config)
    {
        _file = file;
        _config = config;
    }

    /// <summary>Opens what <paramref name="config"/> names; null for nothing.</summary>
    /// <exception cref="ConfigException">It cannot be opened.</exception>
    public static TlsKeyLog? Open(TlsKeyLogConfig? config, FileFlusher? files) =>
        config is not null && LogFiles.Open(files, config.Path, "common_tls_context.key_log.path") is { } file ? new TlsKeyLog(file, config) : null;

    /// <summary>What the session over <paramref name="connection"/> writes to.</summary>
    public TlsSessionKeyLog For(Connection connection) => new(this, connection);

    /// <summary>Writes a line without its end. On the connection's worker.</summary>
    public void Write(Connection connection, ReadOnlySpan<byte> line)
    {
        if (!Covers(_config.LocalRanges, connection.LocalEndPoint) || !Covers(_config.RemoteRanges, connection.RemoteEndPoint))
        {
            return;
        }

        Span<byte> whole = new byte[line.Length + 1];
        line.CopyTo(whole);
        whole[^1] = (byte)'\n';
        _file.Write(connection.Worker, whole);
    }

    private static bool Covers(ConfigList<CidrRange> ranges, EndPoint? point) =>
        ranges.Count == 0 || (point is IPEndPoint { Address: var address } && CidrRanges.Contain(ranges.AsSpan(), address));
}

/// <summary>The key log of one session.</summary>
/// <param name="log">The whole.</param>
/// <param name="connection">The connection that tells the addresses; those of outgoing ones are known when it is up.</param>
internal sealed class TlsSessionKeyLog(TlsKeyLog log, Connection connection)
{
    /// <summary>Writes a line without its end.</summary>
    public void Write(ReadOnlySpan<byte> line) => log.Write(connection, line);
}
