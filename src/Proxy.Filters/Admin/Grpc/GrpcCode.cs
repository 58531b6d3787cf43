namespace Proxy.Filters.Admin.Grpc;

/// <summary>How a call ended, as far as the admin interface says so (<c>grpc-status</c>).</summary>
internal enum GrpcCode
{
    Ok = 0,
    InvalidArgument = 3,
    ResourceExhausted = 8,
    Unimplemented = 12,
    Internal = 13,
}
