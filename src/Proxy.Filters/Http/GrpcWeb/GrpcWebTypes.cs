namespace Proxy.Filters.Http.GrpcWeb;

/// <summary>Media types of gRPC-Web.</summary>
internal static class GrpcWebTypes
{
    public static ReadOnlySpan<byte> Grpc => "application/grpc"u8;

    public static ReadOnlySpan<byte> Proto => "application/grpc-web+proto"u8;

    public static ReadOnlySpan<byte> TextProto => "application/grpc-web-text+proto"u8;

    public static bool IsGrpcWeb(ReadOnlySpan<byte> type) => type.SequenceEqual("application/grpc-web"u8) || type.SequenceEqual(Proto) || IsText(type);

    public static bool IsText(ReadOnlySpan<byte> type) => type.SequenceEqual("application/grpc-web-text"u8) || type.SequenceEqual(TextProto);
}
