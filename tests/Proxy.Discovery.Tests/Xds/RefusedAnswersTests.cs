using Envoy.Config.Cluster.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Proxy.Discovery.Xds;

namespace Proxy.Discovery.Tests.Xds;

public sealed class RefusedAnswersTests
{
    private static readonly Exception Why = new InvalidOperationException("wrong");

    [Test]
    public void Of_AnAnswer_NamesWhatIsInIt()
    {
        var plain = Pack("a");
        var wrapped = Pack("b");
        var response = new DiscoveryResponse { VersionInfo = "7", Resources = { plain, Wrap("named", "8", wrapped), Wrap("", "", wrapped), Broken() } };

        var answer = RefusedAnswers.Of(response, Why, DateTimeOffset.UnixEpoch);

        (answer.Version, answer.At, answer.Details).Should().Be(("7", DateTimeOffset.UnixEpoch, "wrong"));
        answer.Resources.Select(static resource => (resource.Name, resource.Version, resource.Message)).Should().Equal(("a", "7", plain), ("named", "8", wrapped), ("b", "7", wrapped));
    }

    [Test]
    public void Of_AnAnswerOfChanges_HasTheirVersions()
    {
        var cluster = Pack("a");
        var response = new DeltaDiscoveryResponse { SystemVersionInfo = "7", Resources = { new Resource { Name = "a", Version = "a8", Resource_ = cluster } } };

        RefusedAnswers.Of(response, Why, DateTimeOffset.UnixEpoch).Resources.Should().ContainSingle()
            .Which.Should().Match<Proxy.Resources.Resource>(resource => resource.Name == "a" && resource.Version == "a8" && Equals(resource.Message, cluster));
    }

    [Test]
    public void Of_WhatCouldNotBeRead_HasNothing()
    {
        var answer = RefusedAnswers.Of((DiscoveryResponse?)null, Why, DateTimeOffset.UnixEpoch);

        (answer.Version, answer.Resources.Count).Should().Be(("", 0));
    }

    private static Any Pack(string name) => new() { TypeUrl = "type.googleapis.com/envoy.config.cluster.v3.Cluster", Value = new Cluster { Name = name }.ToByteString() };

    private static Any Wrap(string name, string version, Any inner) => new()
    {
        TypeUrl = ResourceReader.WrapperUrl,
        Value = new Resource { Name = name, Version = version, Resource_ = inner }.ToByteString(),
    };

    private static Any Broken() => new() { TypeUrl = "type.googleapis.com/envoy.config.cluster.v3.Cluster", Value = ByteString.CopyFrom(0x0A, 9) };
}
