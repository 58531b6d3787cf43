using Envoy.Config.Core.V3;
using Proxy.Configuration.Http;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates HTTP/1 details.</summary>
internal static class Http1Translator
{
    public static Http1Config Translate(Http1ProtocolOptions? options) => options is null
        ? new Http1Config()
        : new Http1Config
        {
            AllowAbsoluteUrl = options.AllowAbsoluteUrl ?? true,
            AcceptHttp10 = options.AcceptHttp10,
            DefaultHostForHttp10 = options.DefaultHostForHttp10,
            EnableTrailers = options.EnableTrailers,
            AllowChunkedLength = options.AllowChunkedLength,
            StreamErrorOnInvalidMessage = options.OverrideStreamErrorOnInvalidHttpMessage,
            SendFullyQualifiedUrl = options.SendFullyQualifiedUrl,
            AllowCustomMethods = options.AllowCustomMethods,
        };
}
