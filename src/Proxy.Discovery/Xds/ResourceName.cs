using System.Text;
using Google.Protobuf.WellKnownTypes;
using Proxy.Discovery.V3.Dump;

namespace Proxy.Discovery.Xds;

/// <summary>Reads the name of a resource, whatever else is wrong with it.</summary>
internal static class ResourceName
{
    /// <summary>The name; empty when it has none or is no message. Resources of every kind have it in their first field.</summary>
    public static string Of(Any resource)
    {
        try
        {
            var name = WireReader.Read(resource.Value.Memory).LastOrDefault(static field => field is { Number: 1, IsBytes: true });
            return Encoding.UTF8.GetString(name.Bytes.Span);
        }
        catch (InvalidDataException)
        {
            return "";
        }
    }
}
