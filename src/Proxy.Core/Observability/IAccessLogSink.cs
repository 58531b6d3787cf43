namespace Proxy.Observability;

/// <summary>Makes one kind of access log. Registered in DI; found by the type of the sink's configuration record.</summary>
public interface IAccessLogSink
{
    /// <summary>Type of the configuration record this sink understands.</summary>
    Type ConfigType { get; }

    /// <summary>Makes a log; its filter is applied around it. On main.</summary>
    /// <exception cref="Configuration.ConfigException">The record breaks a rule.</exception>
    IAccessLog Create(object config);
}
