namespace Proxy.Filters.Admin.Grpc;

/// <summary>What became of one message of a call.</summary>
/// <param name="Code">Anything but <see cref="GrpcCode.Ok"/> ends the call.</param>
/// <param name="Details">Why it ends.</param>
/// <param name="Message">The answer.</param>
internal readonly record struct GrpcAnswer(GrpcCode Code, string Details, ReadOnlyMemory<byte> Message)
{
    public static GrpcAnswer Ok(ReadOnlyMemory<byte> message) => new(GrpcCode.Ok, "", message);

    public static GrpcAnswer Fault(GrpcCode code, string details) => new(code, details, default);
}
