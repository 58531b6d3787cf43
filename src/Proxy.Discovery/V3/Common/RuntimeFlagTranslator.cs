using Envoy.Config.Core.V3;
using Proxy.Configuration;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates switches that the runtime may turn.</summary>
internal static class RuntimeFlagTranslator
{
    public static RuntimeFlagConfig? Translate(RuntimeFeatureFlag? flag) =>
        flag is null ? null : new RuntimeFlagConfig(flag.DefaultValue ?? false, flag.RuntimeKey);
}
