using Proxy.Streams;

namespace Proxy.Observability.Operators;

internal static partial class FormatCommands
{
    private delegate long MomentFunction(StreamInfo info);

    private static void AddTimes(Dictionary<string, Command> table)
    {
        Time("START_TIME", static (in AccessLogEntry e) => e.Info.StartTime, local: false);
        Time("START_TIME_LOCAL", static (in AccessLogEntry e) => e.Info.StartTime, local: true);
        Time("EMIT_TIME", static (in AccessLogEntry e) => e.Worker.UtcNow, local: false);
        Time("EMIT_TIME_LOCAL", static (in AccessLogEntry e) => e.Worker.UtcNow, local: true);
        Duration("REQUEST_DURATION", static info => info.StartMicroseconds, static info => info.RequestCompleteMicroseconds);
        Duration("REQUEST_TX_DURATION", static info => info.StartMicroseconds, static info => info.UpstreamLastSentMicroseconds);
        Duration("RESPONSE_DURATION", static info => info.StartMicroseconds, static info => info.UpstreamFirstReceivedMicroseconds);
        Duration("RESPONSE_TX_DURATION", static info => info.UpstreamFirstReceivedMicroseconds, static info => info.DownstreamLastSentMicroseconds);
        Duration("UPSTREAM_CONNECTION_POOL_READY_DURATION", static info => info.StartMicroseconds, static info => info.UpstreamPoolReadyMicroseconds);
        Duration("DOWNSTREAM_HANDSHAKE_DURATION", ConnectionStart, static info => info.Downstream?.SecuredMicroseconds ?? 0);
        Duration("ROUNDTRIP_DURATION", static info => info.StartMicroseconds, static _ => 0);
        table.Add("DURATION", new Command(static (_, _) => new NumberOperator(TotalDuration), Takes.Nothing));
        table.Add("COMMON_DURATION", new Command(CommonDuration, Takes.Argument));

        void Time(string name, TimeFunction function, bool local)
        {
            table.Add(name, new Command((command, _) => new TimeOperator(function, local, command.Argument), Takes.Optional));
        }

        void Duration(string name, MomentFunction from, MomentFunction to)
        {
            table.Add(name, new Command((_, _) => Between(from, to, 1000), Takes.Nothing));
        }
    }

    private static bool TotalDuration(in AccessLogEntry entry, out long value)
    {
        var end = entry.Info.EndMicroseconds;
        value = ((end == 0 ? entry.Worker.NowMicroseconds : end) - entry.Info.StartMicroseconds) / 1000;
        return true;
    }

    // from:to[:ms|us|ns]; points in time that are not known have no value.
    private static NumberOperator? CommonDuration(FormatCommand command, FormatEnvironment environment)
    {
        var parts = command.Argument!.Split(':');
        var unit = parts.Length == 2 ? "ms" : parts.Length == 3 ? parts[2] : "";
        if (unit is not ("ms" or "us" or "ns"))
        {
            return null;
        }

        return Between(Moment(parts[0]), Moment(parts[1]), unit switch { "ms" => 1000, "us" => 1, _ => -1000 });
    }

    private static MomentFunction Moment(string name)
    {
        return name switch
        {
            "DS_RX_BEG" => static info => info.StartMicroseconds,
            "DS_RX_END" => static info => info.RequestCompleteMicroseconds,
            "DS_CX_BEG" => ConnectionStart,
            "DS_CX_END" => static info => info.Protocol is null ? info.EndMicroseconds : 0,
            "US_CX_BEG" => static info => info.UpstreamConnection?.Info.ConnectStartMicroseconds ?? 0,
            "US_CX_END" => static info => info.UpstreamConnection?.Info.ConnectedMicroseconds ?? 0,
            "US_HS_END" => static info => info.UpstreamConnection?.Info.SecuredMicroseconds ?? 0,
            "US_TX_BEG" => static info => info.UpstreamFirstSentMicroseconds,
            "US_TX_END" => static info => info.UpstreamLastSentMicroseconds,
            "US_RX_BEG" => static info => info.UpstreamFirstReceivedMicroseconds,
            "US_RX_BODY_BEG" => static info => info.UpstreamBodyReceivedMicroseconds,
            "US_RX_END" => static info => info.UpstreamLastReceivedMicroseconds,
            "DS_TX_BEG" => static info => info.DownstreamFirstSentMicroseconds,
            "DS_TX_END" => static info => info.DownstreamLastSentMicroseconds,
            _ => static _ => 0,
        };
    }

    // A request knows nothing of when its connection began.
    private static long ConnectionStart(StreamInfo info) => info.Protocol is null ? info.StartMicroseconds : 0;

    // A negative divisor multiplies.
    private static NumberOperator Between(MomentFunction from, MomentFunction to, int divisor)
    {
        return new NumberOperator((in AccessLogEntry entry, out long value) =>
        {
            var (start, end) = (from(entry.Info), to(entry.Info));
            value = divisor > 0 ? (end - start) / divisor : (end - start) * -divisor;
            return start != 0 && end != 0;
        });
    }
}
