using Proxy.Discovery.Bootstrap.Faults;
using Proxy.Discovery.Bootstrap.Nodes;

namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>What the parts of one encoding share: the output, the place in the text and the faults found.</summary>
internal sealed class EncodeContext(EncodeOptions options, FaultList faults)
{
    private int _visited;

    public EncodeOptions Options { get; } = options;

    public WireWriter Wire { get; } = new();

    public FieldPath Path { get; } = new();

    /// <summary>Over zero while inside a setting that was refused as a whole: what is in it needs no second refusal.</summary>
    public int Muted { get; set; }

    /// <summary>Categories of extensions that fit where the walk stands; empty for any.</summary>
    public string[] Slots { get; set; } = [];

    public void Fault(FaultPosition position, string rule, string message, string? hint = null) =>
        faults.Add(new SourceFault(position, Path.ToString(), rule, message, hint));

    /// <summary>A fault of a field of the message that the walk stands in.</summary>
    public void FieldFault(string field, FaultPosition position, string rule, string message, string? hint = null) =>
        faults.Add(new SourceFault(position, Path.With(field), rule, message, hint));

    public void UnknownField(ConfigEntry entry, string? hint) => faults.Add(new SourceFault(
        entry.Position, Path.With(entry.Name), SourceFault.UnknownField, "unknown field", hint, Severity(Options.AllowUnknownFields)));

    public void Unsupported(FaultPosition position, string message)
    {
        if (Muted == 0)
        {
            faults.Add(new SourceFault(
                position, Path.ToString(), SourceFault.NotSupported, message, Severity: Severity(Options.AllowUnsupported)));
        }
    }

    /// <exception cref="NodeSyntaxException">More values than any real configuration has, or too deep: aliases that multiply.</exception>
    public void Visit(ConfigNode node, int depth)
    {
        if (++_visited > NodeLimits.MaxNodes)
        {
            throw new NodeSyntaxException($"more than {NodeLimits.MaxNodes} values", node.Position.Line, node.Position.Column);
        }

        if (depth > 2 * NodeLimits.MaxDepth)
        {
            throw new NodeSyntaxException("an alias contains itself", node.Position.Line, node.Position.Column);
        }
    }

    private static FaultSeverity Severity(bool allowed) => allowed ? FaultSeverity.Warning : FaultSeverity.Error;
}
