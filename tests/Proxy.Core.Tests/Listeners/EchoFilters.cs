using Proxy.Connections;
using Proxy.Hosting;
using Proxy.Stats;
using Proxy.Workers;

namespace Proxy.Core.Tests.Listeners;

/// <summary>Configuration of a terminal filter for tests: sends back what comes, behind a mark.</summary>
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
            throw new Configuration.ConfigException("mark", "required");
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
            Callbacks.Write(mark, endStream: false);
            Callbacks.Write(chunk.Bytes, endStream: false);
            _idle = !chunk.Bytes.EndsWith("busy"u8);
            chunk.Consume(chunk.Bytes.Length);
            return FilterStatus.StopIteration;
        }

        public override void OnDrain()
        {
            if (_idle)
            {
                Connection.Close(CloseMode.Flush, "drained");
            }
        }
    }
}
