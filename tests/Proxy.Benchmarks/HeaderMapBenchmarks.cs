using BenchmarkDotNet.Attributes;
using Proxy.Http;

namespace Proxy.Benchmarks;

/// <summary>What a proxied request does to its header map.</summary>
public class HeaderMapBenchmarks
{
    private readonly HeaderMap _map = new();
    private readonly HeaderMap _filled = new();

    public HeaderMapBenchmarks() => Fill(_filled);

    /// <summary>Twelve headers, half of them known ones.</summary>
    [Benchmark]
    public int Fill()
    {
        _map.Clear();
        Fill(_map);
        return _map.Count;
    }

    /// <summary>Headers by slot.</summary>
    [Benchmark]
    public int FindKnown() => _filled.Get(KnownHeader.Authority).Length + _filled.Get(KnownHeader.UserAgent).Length + _filled.Get(KnownHeader.ContentLength).Length;

    /// <summary>Headers by name.</summary>
    [Benchmark]
    public bool FindByName() => _filled.TryGet("sec-fetch-mode"u8, out _) | _filled.TryGet("x-not-there"u8, out _);

    /// <summary>What the manager does on the way in.</summary>
    [Benchmark]
    public int Mutate()
    {
        _map.CopyFrom(_filled);
        _map.Remove(KnownHeader.Connection);
        _map.Set(KnownHeader.XForwardedProto, "http"u8);
        _map.Append(KnownHeader.XForwardedFor, "127.0.0.1"u8, ","u8);
        _map.Set(KnownHeader.XRequestId, "00000000-0000-4000-8000-000000000000"u8);
        return _map.Count;
    }

    private static void Fill(HeaderMap map)
    {
        map.Add(KnownHeader.Method, "GET"u8);
        map.Add(KnownHeader.Authority, "example.com"u8);
        map.Add(KnownHeader.Path, "/some/page?with=query"u8);
        map.Add("User-Agent"u8, "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"u8);
        map.Add("Accept"u8, "text/html,application/xhtml+xml,*/*;q=0.8"u8);
        map.Add("Accept-Language"u8, "en-US,en;q=0.5"u8);
        map.Add("Accept-Encoding"u8, "gzip, deflate, br"u8);
        map.Add("Connection"u8, "keep-alive"u8);
        map.Add("Sec-Fetch-Dest"u8, "document"u8);
        map.Add("Sec-Fetch-Mode"u8, "navigate"u8);
        map.Add("Cache-Control"u8, "max-age=0"u8);
        map.Add("Cookie"u8, "session=0123456789abcdef"u8);
    }
}
