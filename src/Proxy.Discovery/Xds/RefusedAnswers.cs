using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;
using Proxy.Resources.Status;
using ResourceMessage = Envoy.Service.Discovery.V3.Resource;
using ResourceRecord = Proxy.Resources.Resource;

namespace Proxy.Discovery.Xds;

/// <summary>Tells what was in an answer that breaks rules, for those who ask what was refused.</summary>
internal static class RefusedAnswers
{
    /// <summary>An answer of the state of the world; null when it could not even be read.</summary>
    public static RefusedAnswer Of(DiscoveryResponse? response, Exception why, DateTimeOffset at) => new(response?.VersionInfo ?? "", at, why.Message)
    {
        Resources = response is null ? [] : [.. response.Resources.Select(any => Read(any, response.VersionInfo)).Where(IsNamed)],
    };

    /// <summary>An answer that tells changes.</summary>
    public static RefusedAnswer Of(DeltaDiscoveryResponse response, Exception why, DateTimeOffset at) => new(response.SystemVersionInfo, at, why.Message)
    {
        Resources = [.. response.Resources.Select(static resource => Read(resource, "")).Where(IsNamed)],
    };

    private static bool IsNamed(ResourceRecord resource) => resource.Name.Length > 0;

    private static ResourceRecord Read(Any any, string version) => any.TypeUrl == ResourceReader.WrapperUrl
        ? Read(ResourceMessage.Parser.ParseFrom(any.Value), version)
        : new ResourceRecord(ResourceName.Of(any), version, null) { Message = any };

    private static ResourceRecord Read(ResourceMessage resource, string version) =>
        new(resource.Name.Length == 0 && resource.Resource_ is { } inner ? ResourceName.Of(inner) : resource.Name, resource.Version.Length > 0 ? resource.Version : version, null)
        {
            Message = resource.Resource_,
        };
}
