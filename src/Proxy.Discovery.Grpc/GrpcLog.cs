using Microsoft.Extensions.Logging;

namespace Proxy.Discovery.Grpc;

/// <summary>What the bridge logs.</summary>
internal static partial class GrpcLog
{
    [LoggerMessage(1, LogLevel.Debug, "a request to a control plane was not sent: {Reason}")]
    public static partial void NotSent(ILogger logger, string reason);
}
