using Proxy.Configuration.Http;
using Proxy.Http;
using Proxy.Observability;
using Proxy.Routing.Matching;
using Proxy.Workers;

namespace Proxy.Filters.Http.HeaderMutation;

/// <summary>
/// Changes the query of a path. As in Envoy it comes out sorted by name, parameters without a value get an equals sign, and escapes are resolved; but only those
/// that mean the same without: a decoded blank, ampersand or line break would make another request of it. One per worker.
/// </summary>
internal sealed class QueryEditor
{
    private static readonly WorkerLocal<QueryEditor> Locals = new(static _ => new QueryEditor());

    private readonly FormatWriter _bytes = new(); // decoded names and texts of the parameters
    private readonly FormatWriter _value = new();
    private readonly FormatWriter _path = new();
    private readonly List<Parameter> _parameters = [];

    /// <summary>The editor of <paramref name="worker"/>.</summary>
    public static QueryEditor Of(Worker worker) => Locals.Get(worker);

    /// <summary>Changes the query in <paramref name="headers"/>, which has a path; values are made from <paramref name="entry"/>.</summary>
    public void Apply(HeaderMap headers, QueryMutation[] mutations, in AccessLogEntry entry)
    {
        _bytes.Clear();
        _path.Clear();
        _parameters.Clear();
        _path.Write(QueryString.Split(headers.Get(KnownHeader.Path), out var query));
        Parse(query);
        foreach (var mutation in mutations)
        {
            Change(mutation, entry);
        }

        var separator = (byte)'?';
        foreach (var parameter in _parameters)
        {
            _path.Write(separator);
            _path.Write(_bytes.Written[parameter.Text]);
            separator = (byte)'&';
        }

        headers.Set(KnownHeader.Path, _path.Written);
    }

    private void Parse(ReadOnlySpan<byte> query)
    {
        while (!query.IsEmpty)
        {
            var end = query.IndexOf((byte)'&');
            var pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            var equals = pair.IndexOf((byte)'=');
            var name = equals < 0 ? pair : pair[..equals];
            var start = _bytes.Length;
            PercentEncoding.Decode(name, _bytes);
            var key = start.._bytes.Length;
            start = _bytes.Length;
            PercentEncoding.Normalize(name, "=", _bytes);
            _bytes.Write((byte)'=');
            PercentEncoding.Normalize(equals < 0 ? default : pair[(equals + 1)..], "", _bytes);
            Insert(new Parameter(key, start.._bytes.Length));
        }
    }

    private void Change(QueryMutation mutation, in AccessLogEntry entry)
    {
        if (mutation.Value is null)
        {
            Remove(mutation.Key);
            return;
        }

        var exists = Contains(mutation.Key);
        switch (mutation.Action)
        {
            case HeaderAppendAction.AddIfAbsent when exists:
            case HeaderAppendAction.OverwriteIfExists when !exists:
                return;
            case HeaderAppendAction.OverwriteIfExists or HeaderAppendAction.OverwriteIfExistsOrAdd:
                Remove(mutation.Key);
                break;
            default:
                break;
        }

        Add(mutation.Key, mutation.Value, entry);
    }

    private void Add(byte[] name, TextFormat value, in AccessLogEntry entry)
    {
        _value.Clear();
        value.Write(entry, _value);
        var start = _bytes.Length;
        _bytes.Write(name);
        var key = start.._bytes.Length;
        start = _bytes.Length;
        PercentEncoding.EscapeControls(name, _bytes);
        _bytes.Write((byte)'=');
        PercentEncoding.Encode(_value.Written, _bytes);
        Insert(new Parameter(key, start.._bytes.Length));
    }

    // Behind all that are not greater: parameters of one name keep their order.
    private void Insert(Parameter parameter)
    {
        var place = _parameters.Count;
        while (place > 0 && _bytes.Written[_parameters[place - 1].Key].SequenceCompareTo(_bytes.Written[parameter.Key]) > 0)
        {
            place--;
        }

        _parameters.Insert(place, parameter);
    }

    private bool Contains(ReadOnlySpan<byte> key)
    {
        foreach (var parameter in _parameters)
        {
            if (_bytes.Written[parameter.Key].SequenceEqual(key))
            {
                return true;
            }
        }

        return false;
    }

    private void Remove(ReadOnlySpan<byte> key)
    {
        for (var i = _parameters.Count - 1; i >= 0; i--)
        {
            if (_bytes.Written[_parameters[i].Key].SequenceEqual(key))
            {
                _parameters.RemoveAt(i);
            }
        }
    }

    /// <summary>Where a parameter stands among the bytes: its decoded name, and what is sent.</summary>
    private readonly record struct Parameter(Range Key, Range Text);
}
