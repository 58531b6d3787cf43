namespace Proxy.Filters.Admin.Grpc;

/// <summary>A method of a gRPC service on the admin interface. Its messages are answered one by one, on main.</summary>
/// <param name="Path">Such as <c>/package.Service/Method</c>.</param>
/// <param name="IsStream">It takes any number of messages and answers each; otherwise one.</param>
/// <param name="MaxMessageBytes">The most that one message may have.</param>
/// <param name="Handle">Answers a message.</param>
internal sealed record GrpcMethod(string Path, bool IsStream, int MaxMessageBytes, Func<ReadOnlyMemory<byte>, GrpcAnswer> Handle);
