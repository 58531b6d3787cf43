using System.Buffers.Text;
using Proxy.Configuration;
using Proxy.Configuration.Http;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Observability.Operators;
using Proxy.Routing;

namespace Proxy.Observability.AccessLogs;

// Filters that pick by chance, by gRPC status or by the kind of the line.
internal abstract partial class AccessLogPredicate
{
    private const int UnknownGrpcStatus = 2;

    private static AccessLogPredicate CompileShare(RuntimeLogFilter config, RuntimeSnapshot runtime, string path, FaultList faults)
    {
        if (config.Denominator == 0)
        {
            faults.Add($"{path}.percent_sampled.denominator", "must not be 0");
        }

        var share = RuntimeFraction.Compile(new FractionConfig(config.Numerator, config.Denominator, config.RuntimeKey), runtime);
        return config.UseIndependentRandomness ? new TossPredicate(share) : new RequestIdPredicate(share);
    }

    private sealed class TossPredicate(RuntimeFraction share) : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry) => share.Includes(entry.Worker.Random.Next());
    }

    // The first eight digits of the id are as good as a toss, and the same on every proxy that sees the request.
    private sealed class RequestIdPredicate(RuntimeFraction share) : AccessLogPredicate
    {
        private const int Digits = 8;

        public override bool Matches(in AccessLogEntry entry)
        {
            return share.Includes(TryRead(entry.RequestHeaders, out var number) ? number : entry.Worker.Random.Next());
        }

        private static bool TryRead(HeaderMap? headers, out ulong number)
        {
            number = 0;
            return headers is not null && headers.TryGet(KnownHeader.XRequestId, out var id) && id.Length >= Digits
                && Utf8Parser.TryParse(id[..Digits], out number, out var used, 'x') && used == Digits;
        }
    }

    // Only tracing can force a request to be traced, and nothing is traced yet.
    private sealed class NeverPredicate : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry) => false;
    }

    private sealed class GrpcStatusPredicate(GrpcStatusLogFilter config) : AccessLogPredicate
    {
        public override bool Matches(in AccessLogEntry entry)
        {
            var status = GrpcStatusOperator.TryReadAny(entry, out var found) ? found : UnknownGrpcStatus;
            return config.Statuses.AsSpan().Contains(status) != config.Exclude;
        }
    }

    private sealed class TypePredicate(LogTypeLogFilter config) : AccessLogPredicate
    {
        private readonly uint _types = config.Types.Aggregate(0u, static (types, type) => types | Bit(type));

        public override bool Matches(in AccessLogEntry entry) => (_types & Bit(entry.Type)) != 0 != config.Exclude;

        private static uint Bit(AccessLogType type) => 1u << (int)type;
    }
}
