namespace Proxy.Discovery.Bootstrap.Schema;

/// <summary>The validation rules of one field.</summary>
internal sealed class FieldRules
{
    public bool Required { get; set; }

    /// <summary>One field of the oneof must be set; stands on each of its fields.</summary>
    public bool OneofRequired { get; set; }

    public int? MinItems { get; set; }

    public int? MaxItems { get; set; }

    public bool Unique { get; set; }

    public ValueRules? Value { get; set; }

    /// <summary>For each element of a list or value of a map.</summary>
    public ValueRules? Items { get; set; }

    public ValueRules? Keys { get; set; }
}
