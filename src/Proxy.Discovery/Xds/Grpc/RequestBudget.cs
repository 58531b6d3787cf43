using Proxy.Configuration.Discovery;
using Proxy.Workers;

namespace Proxy.Discovery.Xds.Grpc;

/// <summary>A token bucket for requests. On main.</summary>
internal sealed class RequestBudget(RequestRateConfig config, Worker main)
{
    private double _tokens = config.MaxTokens;
    private long _filledAt = main.Now;

    /// <summary>Takes a token; false when there is none.</summary>
    public bool TryTake()
    {
        Fill();
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }

    /// <summary>Time until there is a token, in ms.</summary>
    public long NextToken => Math.Max(1, (long)Math.Ceiling((1 - _tokens) / config.FillRate * 1000));

    private void Fill()
    {
        var now = main.Now;
        _tokens = Math.Min(config.MaxTokens, _tokens + ((now - _filledAt) * config.FillRate / 1000));
        _filledAt = now;
    }
}
