using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Filters;
using Proxy.Configuration.Http;
using Proxy.Observability;
using Proxy.Routing;

namespace Proxy.Filters.Http.HeaderMutation;

/// <summary>What one level changes, compiled. Immutable.</summary>
internal sealed class HeaderMutationModel
{
    private HeaderMutationModel(HeaderMutationSet config, FormatEnvironment formats, FaultList faults)
    {
        Request = HeaderMutations.Compile(config.Request, request: true, formats, "mutations.request_mutations", faults);
        RequestTrailers = HeaderMutations.Compile(config.RequestTrailers, request: true, formats, "mutations.request_trailers_mutations", faults);
        Response = HeaderMutations.Compile(config.Response, request: false, formats, "mutations.response_mutations", faults);
        ResponseTrailers = HeaderMutations.Compile(config.ResponseTrailers, request: false, formats, "mutations.response_trailers_mutations", faults);
        Query = [.. config.Query.Select((mutation, i) => Compile(mutation, formats, $"mutations.query_parameter_mutations[{i}]", faults))];
    }

    public HeaderMutations Request { get; }

    public HeaderMutations RequestTrailers { get; }

    public HeaderMutations Response { get; }

    public HeaderMutations ResponseTrailers { get; }

    public QueryMutation[] Query { get; }

    /// <exception cref="ConfigException">A mutation breaks a rule; all of them are listed.</exception>
    public static HeaderMutationModel Compile(HeaderMutationSet config, FormatEnvironment formats)
    {
        var faults = new FaultList();
        var model = new HeaderMutationModel(config, formats, faults);
        faults.ThrowIfAny();
        return model;
    }

    private static QueryMutation Compile(QueryMutationConfig config, FormatEnvironment formats, string path, FaultList faults)
    {
        if (config.Key.Length == 0)
        {
            faults.Add(path, "must name a parameter");
        }

        TextFormat? value = null;
        if (config.Value is not null)
        {
            value = TextFormat.TryCompile(config.Value, formats, omitEmptyValues: true, out var error);
            if (value is null)
            {
                faults.Add($"{path}.append.record.value", error);
            }
        }

        return new QueryMutation(Encoding.UTF8.GetBytes(config.Key), value, config.Action);
    }
}

/// <summary>One change of a query; null removes the parameter.</summary>
internal sealed record QueryMutation(byte[] Key, TextFormat? Value, HeaderAppendAction Action);
