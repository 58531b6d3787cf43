using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Proxy.Observability.Operators;

/// <summary>All command operators by name: what they take and how they are made. Names that Envoy knows and this proxy does not serve are refused by name.</summary>
internal static partial class FormatCommands
{
    private const string RequestWithoutQuery = "REQ_WITHOUT_QUERY";

    private static readonly Dictionary<string, Command> Table = Build();

    private delegate FormatOperator? Factory(FormatCommand command, FormatEnvironment environment);

    private enum Takes
    {
        /// <summary>Nothing; empty brackets pass.</summary>
        Nothing,

        /// <summary>An argument or none.</summary>
        Optional,

        /// <summary>An argument.</summary>
        Argument,
    }

    /// <summary>Makes the operator for <paramref name="command"/>.</summary>
    public static bool TryCreate(FormatCommand command, FormatEnvironment environment, [NotNullWhen(true)] out FormatOperator? result, out string error)
    {
        result = null;
        if (!Table.TryGetValue(command.Name, out var known) || (command.Name == RequestWithoutQuery && !environment.AllowRequestWithoutQuery))
        {
            error = $"Not supported field in StreamInfo: {command.Name}";
            return false;
        }

        error = $"{command.Name}: ";
        if ((known.Takes == Takes.Nothing && !string.IsNullOrEmpty(command.Argument)) || (known.Takes == Takes.Argument && string.IsNullOrEmpty(command.Argument)))
        {
            error += known.Takes == Takes.Nothing ? "takes no argument" : "needs an argument";
            return false;
        }

        if (command.MaxLength is not null && !known.TakesLength)
        {
            error += "takes no length";
            return false;
        }

        result = known.Create(command, environment);
        if (result is null)
        {
            error += $"invalid argument '{command.Argument}'";
            return false;
        }

        result = command.MaxLength is { } length ? new CutOperator(result, length) : result;
        error = "";
        return true;
    }

    private static Dictionary<string, Command> Build()
    {
        var table = new Dictionary<string, Command>(StringComparer.Ordinal);
        AddHeaders(table);
        AddNumbers(table);
        AddTexts(table);
        AddAddresses(table);
        AddTimes(table);
        AddTls(table);
        return table;
    }

    private static void AddHeaders(Dictionary<string, Command> table)
    {
        foreach (var (name, source) in ((string, HeaderSource)[])
            [
                ("REQ", HeaderSource.Request), ("REQUEST_HEADER", HeaderSource.Request), ("RESP", HeaderSource.Response),
                ("RESPONSE_HEADER", HeaderSource.Response), ("TRAILER", HeaderSource.Trailers), ("RESPONSE_TRAILER", HeaderSource.Trailers),
            ])
        {
            table.Add(name, new Command((command, _) => HeaderOperator.TryCreate(source, command.Argument!), Takes.Argument, TakesLength: true));
        }

        table.Add(
            RequestWithoutQuery,
            new Command(static (command, _) => HeaderOperator.TryCreate(HeaderSource.Request, command.Argument!, withoutQuery: true), Takes.Argument, TakesLength: true));
        table.Add("PATH", new Command(static (command, _) => PathOperator.TryCreate(command.Argument), Takes.Optional, TakesLength: true));
        table.Add("QUERY_PARAM", new Command(static (command, _) => new QueryParameterOperator(command.Argument!), Takes.Argument, TakesLength: true));
        table.Add("QUERY_PARAMS", new Command(QueryParameters, Takes.Optional, TakesLength: true));
        table.Add("GRPC_STATUS", new Command(GrpcStatus, Takes.Optional));
        table.Add("GRPC_STATUS_NUMBER", new Command(static (_, _) => new GrpcStatusOperator(GrpcStatusStyle.Number), Takes.Nothing));
        Metadata("DYNAMIC_METADATA", MetadataSource.Dynamic);
        Metadata("CLUSTER_METADATA", MetadataSource.Cluster);
        Metadata("UPSTREAM_METADATA", MetadataSource.Host);
        Metadata("UPSTREAM_HOST_METADATA", MetadataSource.Host);
        table.Add("METADATA", new Command(AnyMetadata, Takes.Argument, TakesLength: true));
        table.Add("FILTER_STATE", new Command(FilterState, Takes.Argument, TakesLength: true));
        table.Add("PER_REQUEST_STATE", new Command(static (command, _) => new FilterStateOperator(command.Argument!), Takes.Argument, TakesLength: true));
        table.Add("UPSTREAM_FILTER_STATE", new Command(static (_, _) => Never(), Takes.Argument, TakesLength: true));
        table.Add("ENVIRONMENT", new Command(Environment, Takes.Argument, TakesLength: true));
        table.Add("CEL", new Command(static (command, _) => ExpressionOperator.TryCreate(command.Argument!, isTyped: false), Takes.Argument, TakesLength: true));
        table.Add("TYPED_CEL", new Command(static (command, _) => ExpressionOperator.TryCreate(command.Argument!, isTyped: true), Takes.Argument, TakesLength: true));
        table.Add("COALESCE", new Command(Coalesce, Takes.Argument, TakesLength: true));

        void Metadata(string name, MetadataSource source)
        {
            table.Add(name, new Command((command, _) => OfMetadata(source, command.Argument!.Split(':')), Takes.Argument, TakesLength: true));
        }
    }

    private static QueryStringOperator? QueryParameters(FormatCommand command, FormatEnvironment environment)
    {
        return command.Argument switch
        {
            null or "" or "ORIG" => new QueryStringOperator(decode: false),
            "DECODED" => new QueryStringOperator(decode: true),
            _ => null,
        };
    }

    private static GrpcStatusOperator? GrpcStatus(FormatCommand command, FormatEnvironment environment)
    {
        return command.Argument switch
        {
            null or "" or "CAMEL_STRING" => new GrpcStatusOperator(GrpcStatusStyle.Camel),
            "SNAKE_STRING" => new GrpcStatusOperator(GrpcStatusStyle.Snake),
            "NUMBER" => new GrpcStatusOperator(GrpcStatusStyle.Number),
            _ => null,
        };
    }

    private static MetadataOperator OfMetadata(MetadataSource source, string[] parts) => new(source, parts[0], parts[1..]);

    // TYPE:namespace:key…
    private static MetadataOperator? AnyMetadata(FormatCommand command, FormatEnvironment environment)
    {
        var parts = command.Argument!.Split(':');
        MetadataSource? source = parts[0] switch
        {
            "DYNAMIC" => MetadataSource.Dynamic,
            "ROUTE" => MetadataSource.Route,
            "VIRTUAL_HOST" => MetadataSource.VirtualHost,
            "CLUSTER" => MetadataSource.Cluster,
            "UPSTREAM_HOST" => MetadataSource.Host,
            "LISTENER" => MetadataSource.Listener,
            "LISTENER_FILTER_CHAIN" => MetadataSource.FilterChain,
            _ => null,
        };
        return source is { } known && parts.Length > 1 ? OfMetadata(known, parts[1..]) : null;
    }

    private static FormatOperator? FilterState(FormatCommand command, FormatEnvironment environment)
    {
        return command.Argument!.Split(':') switch
        {
            [var key] => new FilterStateOperator(key),
            [var key, "TYPED"] => new FilterStateOperator(key),
            [var key, "PLAIN"] => new FilterStateOperator(key, plain: true),
            [_, "FIELD", { Length: > 0 }] => Never(), // no object has fields yet
            _ => null,
        };
    }

    private static ConstantOperator Environment(FormatCommand command, FormatEnvironment environment)
    {
        return new ConstantOperator(environment.Variable(command.Argument!) ?? "-");
    }

    private static CoalesceOperator? Coalesce(FormatCommand command, FormatEnvironment environment)
    {
        try
        {
            using var json = JsonDocument.Parse(command.Argument!);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("operators", out var list)
                || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            {
                return null;
            }

            var choices = list.EnumerateArray().Select(item => Choice(item, environment)).ToArray();
            return Array.TrueForAll(choices, static choice => choice is not null) ? new CoalesceOperator(choices!) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // "PROTOCOL", or {"command": "REQ", "param": "x", "max_length": 5}
    private static FormatOperator? Choice(JsonElement item, FormatEnvironment environment)
    {
        var command = item.ValueKind switch
        {
            JsonValueKind.String => new FormatCommand(item.GetString()!, null, null),
            JsonValueKind.Object when item.TryGetProperty("command", out var name) && name.ValueKind == JsonValueKind.String => new FormatCommand(
                name.GetString()!,
                item.TryGetProperty("param", out var argument) ? argument.GetString() : null,
                item.TryGetProperty("max_length", out var length) && length.TryGetInt32(out var count) ? count : null),
            _ => default,
        };
        return command.Name is not null && TryCreate(command, environment, out var result, out _) ? result : null;
    }

    private static TextOperator Never() => new TextOperator(static (in AccessLogEntry _, FormatWriter _) => false);

    private static int? PrefixLength(string? argument)
    {
        return int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) ? bits : null;
    }

    private sealed record Command(Factory Create, Takes Takes, bool TakesLength = false);
}
