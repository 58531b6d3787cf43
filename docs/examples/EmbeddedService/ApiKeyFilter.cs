using System.Text;
using Proxy.Configuration;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Streams;
using Proxy.Workers;

namespace EmbeddedService;

/// <summary>A key and whose it is.</summary>
public sealed record ApiKey(string Key, string Owner);

/// <summary>Configuration of <see cref="ApiKeyFilter"/>.</summary>
public sealed record ApiKeyConfig(ConfigList<ApiKey> Keys);

/// <summary>Lets a request through that carries a known <c>x-api-key</c>, and tells the service whose it is.</summary>
internal sealed class ApiKeyFilter((byte[] Key, byte[] Owner)[] keys) : HttpFilter
{
    public override bool IsReusable => true; // it keeps nothing about a request

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        if (headers.TryGet("x-api-key"u8, out var presented))
        {
            foreach (var (key, owner) in keys)
            {
                if (presented.SequenceEqual(key))
                {
                    headers.Remove("x-api-key"u8);
                    headers.Set("x-key-owner"u8, owner);
                    return HeadersStatus.Continue;
                }
            }
        }

        Callbacks.SendLocalReply(401, "missing or unknown API key\n"u8, "api_key_denied");
        return HeadersStatus.StopIteration;
    }
}

/// <summary>Makes <see cref="ApiKeyFilter"/>s.</summary>
public sealed class ApiKeyFilterFactory : IHttpFilterFactory
{
    public Type ConfigType => typeof(ApiKeyConfig);

    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context)
    {
        var keys = ((ApiKeyConfig)config).Keys;
        if (keys.Count == 0)
        {
            throw new ConfigException("keys", "at least one key is required");
        }

        var compiled = keys.Select(key => (Encoding.Latin1.GetBytes(key.Key), Encoding.Latin1.GetBytes(key.Owner))).ToArray();
        return _ => new ApiKeyFilter(compiled);
    }
}
