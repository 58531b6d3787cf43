using Proxy.Http;
using Proxy.Stats;
using Proxy.Streams;

namespace Proxy.Filters.Http.CredentialInjector;

/// <summary>Adds a credential to requests.</summary>
internal sealed class CredentialInjectorFilter(CredentialInjectorModel model, StatShard stats) : HttpFilter
{
    public override bool IsReusable => true;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        if (!model.Overwrites && headers.Contains(model.Header))
        {
            stats.Increment(CredentialInjectorModel.AlreadyExists);
            return HeadersStatus.Continue;
        }

        var value = model.Value;
        if (value.IsEmpty)
        {
            return OnMissing();
        }

        stats.Increment(CredentialInjectorModel.Injected);
        headers.Remove(model.Header);
        headers.Add(model.Header, value);
        return HeadersStatus.Continue;
    }

    private HeadersStatus OnMissing()
    {
        stats.Increment(CredentialInjectorModel.Failed);
        if (model.AllowsMissing)
        {
            return HeadersStatus.Continue;
        }

        Callbacks.SendLocalReply(401, "Failed to inject credential."u8, "failed_to_inject_credential");
        return HeadersStatus.StopIteration;
    }
}
