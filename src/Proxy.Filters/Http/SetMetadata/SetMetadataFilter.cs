using Proxy.Http;
using Proxy.Stats;
using Proxy.Streams;

namespace Proxy.Filters.Http.SetMetadata;

/// <summary>Gives requests dynamic metadata.</summary>
internal sealed class SetMetadataFilter : HttpFilter
{
    private readonly SetMetadataModel _model;
    private readonly StatShard _stats;

    public SetMetadataFilter(SetMetadataModel model, StatShard stats)
    {
        _model = model;
        _stats = stats;
    }

    public override bool IsReusable => true;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        var metadata = Callbacks.Info.DynamicMetadata;
        foreach (var entry in _model.Entries)
        {
            if (!metadata.TryGetValue(entry.Namespace, out var present))
            {
                metadata.Add(entry.Namespace, new Dictionary<string, object>(entry.Value, StringComparer.Ordinal));
            }
            else if (entry.AllowOverwrite)
            {
                metadata[entry.Namespace] = Merge(present, entry.Value);
            }
            else
            {
                _stats.Increment(SetMetadataModel.OverwriteDenied);
            }
        }

        return HeadersStatus.Continue;
    }

    // Maps are merged, lists joined, everything else is replaced. The compiled values are shared: nothing in them is changed.
    private static Dictionary<string, object> Merge(Dictionary<string, object> old, Dictionary<string, object> added)
    {
        var result = new Dictionary<string, object>(old, StringComparer.Ordinal);
        foreach (var (key, value) in added)
        {
            result[key] = (result.GetValueOrDefault(key), value) switch
            {
                (Dictionary<string, object> a, Dictionary<string, object> b) => Merge(a, b),
                (List<object> a, List<object> b) => a.Concat(b).ToList(),
                _ => value,
            };
        }

        return result;
    }
}
