using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using Proxy.Configuration;
using Proxy.Discovery.Xds.Names;

namespace Proxy.Discovery.Tests.Xds.Names;

public sealed class NodeParametersTests
{
    private const string Name = "xdstp://a/t/*";

    [TestCase("id", "?xds.node.id=me")]
    [TestCase("cluster", "?xds.node.cluster=all%26us")]
    [TestCase("locality.region", "?xds.node.locality.region=r")]
    [TestCase("locality.zone", "?xds.node.locality.zone=z")]
    [TestCase("locality.sub_zone", "?xds.node.locality.sub_zone=s")]
    [TestCase("user_agent_name", "?xds.node.user_agent_name=envoy")]
    [TestCase("user_agent_version", "?xds.node.user_agent_version=")]
    [TestCase("user_agent_build_version.version", "?xds.node.user_agent_build_version.version=1.40.0")]
    [TestCase("metadata", "?xds.node.metadata.deep={\"k\":1}&xds.node.metadata.env=\"t%C3%A9st\"")]
    [TestCase("user_agent_build_version.metadata", "")]
    [TestCase("nonsense", "")]
    public void AddTo_AddsTheParts(string part, string expected)
    {
        NodeParameters.AddTo(Name, Node(part)).Should().Be(Name + expected);
    }

    [Test]
    public void AddTo_WhatTheNameSaysItself_Holds()
    {
        NodeParameters.AddTo(Name + "?xds.node.id=other&b=1", Node("id", "locality.zone")).Should().Be(Name + "?b=1&xds.node.id=other&xds.node.locality.zone=z");
    }

    private static NodeConfig Node(params string[] parameters) => new()
    {
        Id = "me",
        Cluster = "all&us",
        Locality = new LocalityConfig("r", "z", "s"),
        Message = new Node
        {
            Metadata = new Struct
            {
                Fields =
                {
                    ["env"] = Value.ForString("tést"),
                    ["deep"] = Value.ForStruct(new Struct { Fields = { ["k"] = Value.ForNumber(1) } }),
                },
            },
        },
        ContextParameters = parameters.ToConfigList(),
    };
}
