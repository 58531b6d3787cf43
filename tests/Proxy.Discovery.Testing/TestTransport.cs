namespace Proxy.Discovery.Testing;

/// <summary>A way from a control plane to a proxy.</summary>
public enum TestTransport
{
    /// <summary>gRPC, a stream a type, each answer with all resources.</summary>
    Grpc,

    /// <summary>gRPC, a stream a type, each answer with what changed.</summary>
    DeltaGrpc,

    /// <summary>gRPC, one stream for all types, each answer with all resources of one.</summary>
    Ads,

    /// <summary>gRPC, one stream for all types, each answer with what changed.</summary>
    DeltaAds,

    /// <summary>REST with JSON, asked every 20 to 40 ms.</summary>
    Rest,

    /// <summary>Files, see <see cref="TestControlPlane.WriteFilesAsync"/>.</summary>
    Files,
}
