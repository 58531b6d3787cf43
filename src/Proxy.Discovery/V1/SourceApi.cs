namespace Proxy.Discovery.V1;

/// <summary>What a v1 discovery service is asked for; the word is what the path of the request begins with after <c>/v1/</c>.</summary>
internal enum SourceApi
{
    /// <summary>Hosts of a service (SDS).</summary>
    Registration,

    /// <summary>Clusters (CDS).</summary>
    Clusters,

    /// <summary>A route table (RDS).</summary>
    Routes,

    /// <summary>Listeners (LDS).</summary>
    Listeners,
}
