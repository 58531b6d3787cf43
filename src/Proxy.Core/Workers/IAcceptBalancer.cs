namespace Proxy.Workers;

/// <summary>Spreads accepted connections over workers before a byte is read (Envoy <c>connection_balance_config</c>).</summary>
public interface IAcceptBalancer
{
    /// <summary>Picks the worker for a connection that <paramref name="accepting"/> has accepted. Called on that worker, from several at the same time.</summary>
    Worker Choose(Worker accepting);

    /// <summary>Who takes the connection on the worker that was chosen. Called there; null drops the connection.</summary>
    IAcceptHandler? HandlerOn(Worker worker);
}
