namespace Proxy.Discovery.Bootstrap.Messages;

/// <summary>Why a text is no value of its field.</summary>
internal readonly record struct ScalarFault(string Rule, string Message, string? Hint = null);
