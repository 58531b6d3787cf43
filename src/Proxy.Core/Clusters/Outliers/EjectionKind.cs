namespace Proxy.Clusters.Outliers;

/// <summary>What speaks against a host (Envoy <c>OutlierEjectionType</c>). Kinds of this side stand where its own counts are.</summary>
internal enum EjectionKind
{
    Consecutive5xx,
    ConsecutiveGatewayFailure,
    ConsecutiveLocalOriginFailure,
    SuccessRate,
    LocalOriginSuccessRate,
    FailurePercentage,
    LocalOriginFailurePercentage,
}
