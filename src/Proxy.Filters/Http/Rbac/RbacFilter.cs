using Proxy.Filters.AccessControl;
using Proxy.Http;
using Proxy.Matching;
using Proxy.Streams;

namespace Proxy.Filters.Http.Rbac;

/// <summary>Admits requests or answers them with 403 (Envoy <c>http.rbac.v3.RBAC</c>).</summary>
internal sealed class RbacFilter(RbacModel model) : HttpFilter
{
    public override bool IsReusable => true;

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        var rules = Callbacks.RouteConfig as RbacModel ?? model;
        var info = Callbacks.Info;
        var data = MatchData.Of(headers, info, Callbacks.Worker);
        rules.Shadow?.Apply(data, info.DynamicMetadata, RbacModel.Metadata);
        if (rules.Enforced?.Apply(data, info.DynamicMetadata, RbacModel.Metadata) is { IsAllowed: false } verdict)
        {
            Callbacks.SendLocalReply(403, "RBAC: access denied"u8, AccessRules.Details(verdict));
            return HeadersStatus.StopIteration;
        }

        return HeadersStatus.Continue;
    }
}
