using Proxy.Http.H1;

namespace Proxy.Core.Tests.Http.H1.Replay;

/// <summary>The listeners of the two probe families.</summary>
internal sealed record MiniSettings(Http1ServerOptions Server, Http1ClientOptions Client)
{
    public bool Proxy100Continue { get; init; }

    public bool Upgrades { get; init; }

    public bool Connect { get; init; }

    public static MiniSettings ForRequests(string listener)
    {
        var settings = new MiniSettings(Http1ServerOptions.Default, Http1ClientOptions.Default);
        var server = settings.Server;
        return listener switch
        {
            "http10" => settings with { Server = server with { AcceptHttp10 = true, DefaultHostForHttp10 = "default.test" } },
            "clte" => settings with { Server = server with { AllowChunkedLength = true } },
            "under" => settings with { Server = server with { HeadersWithUnderscores = HeadersWithUnderscoresAction.RejectRequest } },
            "drop" => settings with { Server = server with { HeadersWithUnderscores = HeadersWithUnderscoresAction.DropHeader } },
            "stream" => settings with { Server = server with { StreamErrorOnInvalidMessage = true } },
            "trail" => settings with { Server = server with { EnableTrailers = true }, Client = settings.Client with { EnableTrailers = true } },
            "lax" => settings with { Server = server with { AllowAbsoluteUrl = false, AllowCustomMethods = true } },
            "upg" => settings with { Upgrades = true, Connect = true },
            "small" => settings with { Server = server with { MaxHeadBytes = 4096, MaxHeadersCount = 10 } },
            "edge" => settings with { Proxy100Continue = true },
            _ => settings,
        };
    }

    public static MiniSettings ForResponses(string listener)
    {
        var settings = new MiniSettings(Http1ServerOptions.Default, Http1ClientOptions.Default);
        return listener switch
        {
            "clte" => settings with { Client = settings.Client with { AllowChunkedLength = true } },
            "trail" => settings with { Server = settings.Server with { EnableTrailers = true }, Client = settings.Client with { EnableTrailers = true } },
            "h10" => settings with { Server = settings.Server with { AcceptHttp10 = true, DefaultHostForHttp10 = "default.test" } },
            "small" => settings with { Client = settings.Client with { MaxHeadBytes = 4096, MaxHeadersCount = 10 } },
            "stream" => settings with { Client = settings.Client with { OverrideStreamErrorOnInvalidMessage = true } },
            "hundred" => settings with { Proxy100Continue = true, Upgrades = true },
            _ => settings,
        };
    }
}
