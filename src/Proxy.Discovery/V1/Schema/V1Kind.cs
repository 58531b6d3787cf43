namespace Proxy.Discovery.V1.Schema;

/// <summary>What kind of value a v1 key takes.</summary>
internal enum V1Kind
{
    /// <summary>Anything.</summary>
    Any,

    /// <summary>A string.</summary>
    Text,

    /// <summary>A bool.</summary>
    Bool,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>One of some words.</summary>
    Words,

    /// <summary>A list.</summary>
    List,

    /// <summary>An object with keys of its own choice, all strings.</summary>
    Texts,

    /// <summary>An object of the schema.</summary>
    Object,

    /// <summary>An object of the schema that one of its own keys picks.</summary>
    Tagged,

    /// <summary>An object of the schema that a key beside it picks.</summary>
    ConfigOf,
}
