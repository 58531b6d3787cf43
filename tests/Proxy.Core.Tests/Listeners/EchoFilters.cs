using Proxy.Configuration;
using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Core.Tests.Listeners;

/// <summary>Configuration of a terminal filter for tests: sends back what comes, behind a mark; asked <c>who</c>, what the connection knows of its listener.</summary>
public sealed record EchoMark(string Mark);

/// <summary>Makes the filter. Refuses an empty mark.</summary>
public sealed class EchoMarkFactory : INetworkFilterFactory
{
    private static readonly StatSchema Schema = new();
    private static readonly CounterId Total = Schema.Counter("total");

    public Type ConfigType => typeof(EchoMark);

    public bool IsTerminal => true;

    public Func<Worker, NetworkFilter> Prepare(object config, FilterFactoryContext context)
    {
        var mark = ((EchoMark)config).Mark;
        if (mark.Length == 0)
        {
            throw new ConfigException("mark", "required");
        }

        var stats = context.Stats.CreateGroup(Schema, $"echo.{mark}.");
        return worker =>
        {
            stats.Shard(worker).Increment(Total);
            return new Filter(System.Text.Encoding.ASCII.GetBytes($"{mark}@{worker.Index}:"));
        };
    }

    private sealed class Filter(byte[] mark) : NetworkFilter
    {
        private bool _idle = true;

        public override FilterStatus OnData(ref StreamChunk chunk)
        {
            if (chunk.Bytes.SequenceEqual("who"u8))
            {
                Callbacks.Write(System.Text.Encoding.ASCII.GetBytes(Describe(Connection.Info)), endStream: false);
                chunk.Consume(chunk.Bytes.Length);
                return FilterStatus.StopIteration;
            }

            Callbacks.Write(mark, endStream: false);
            Callbacks.Write(chunk.Bytes, endStream: false);
            _idle = !chunk.Bytes.EndsWith("busy"u8);
            chunk.Consume(chunk.Bytes.Length);
            return FilterStatus.StopIteration;
        }

        private static string Describe(ConnectionInfo info) =>
            $"{info.Direction} {info.ListenerMetadata?["ns"]["k"]} {info.FilterChainName} {info.FilterChainMetadata?["ns"]["k"]}";

        public override void OnDrain()
        {
            if (_idle)
            {
                Connection.Close(CloseMode.Flush, "drained");
            }
        }
    }
}
