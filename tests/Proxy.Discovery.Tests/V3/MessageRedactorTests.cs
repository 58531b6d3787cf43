using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Proxy.Discovery.Tests.Bootstrap;
using Proxy.Discovery.V3.Dump;

namespace Proxy.Discovery.Tests.V3;

internal sealed class MessageRedactorTests
{
    [Test]
    public void Redact_MessageWithoutSecrets_IsTheSame()
    {
        var folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "Bootstrap", "Golden");
        var message = Reading.Of("good.yaml", File.ReadAllBytes(Path.Combine(folder, "good.yaml"))).As(Envoy.Config.Bootstrap.V3.Bootstrap.Parser);

        Envoy.Config.Bootstrap.V3.Bootstrap.Parser.ParseFrom(Redact(message, "envoy.config.bootstrap.v3.Bootstrap")).Should().Be(message);
    }

    [Test]
    public void Redact_ValuesOfEveryKind_AreTheSame()
    {
        var metadata = new Metadata
        {
            FilterMetadata = { ["a"] = JsonParser.Default.Parse<Struct>("""{"n":-1.5,"s":"x","b":true,"z":null,"l":[1,{"m":[]}],"o":{}}""") },
            TypedFilterMetadata =
            {
                ["w"] = Any.Pack(new DoubleValue { Value = 2.5 }),
                ["p"] = Any.Pack(new Envoy.Config.Listener.V3.FilterChainMatch { SourcePorts = { 1, 70000 }, DestinationPort = 5 }),
            },
        };

        Metadata.Parser.ParseFrom(Redact(metadata, "envoy.config.core.v3.Metadata")).Should().Be(metadata);
    }

    [Test]
    public void Redact_PackedSecret_IsBlankedOutAndTheRestStays()
    {
        var secret = new Secret
        {
            Name = "cert",
            TlsCertificate = new TlsCertificate
            {
                CertificateChain = new DataSource { InlineString = "public" },
                PrivateKey = new DataSource { InlineBytes = ByteString.CopyFromUtf8("hush") },
                Password = new DataSource { InlineString = "hush" },
            },
        };

        var dump = Envoy.Admin.V3.SecretsConfigDump.Types.StaticSecret.Parser.ParseFrom(Redact(Wrap(secret), "envoy.admin.v3.SecretsConfigDump.StaticSecret"));

        var read = Secret.Parser.ParseFrom(dump.Secret.Value);
        (read.Name, read.TlsCertificate.CertificateChain.InlineString).Should().Be(("cert", "public"));
        read.TlsCertificate.PrivateKey.InlineBytes.ToStringUtf8().Should().Be("[redacted]");
        read.TlsCertificate.Password.InlineString.Should().Be("[redacted]");
    }

    [Test]
    public void Redact_FieldsThatNobodyKnows_AreLeftOut()
    {
        byte[] wire = [.. new Node { Id = "n" }.ToByteArray(), 0xFA, 0x3F, 4, .. "hush"u8];

        MessageRedactor.Redact(wire, "envoy.config.core.v3.Node").ToArray().Should().Equal(new Node { Id = "n" }.ToByteArray());
    }

    [Test]
    public void Redact_PackedMessageThatNobodyKnows_KeepsItsTypeOnly()
    {
        var metadata = new Metadata { TypedFilterMetadata = { ["a"] = new Any { TypeUrl = "type.googleapis.com/some.Thing", Value = ByteString.CopyFromUtf8("hush") } } };

        var read = Metadata.Parser.ParseFrom(Redact(metadata, "envoy.config.core.v3.Metadata"));

        read.TypedFilterMetadata["a"].Should().Be(new Any { TypeUrl = "type.googleapis.com/some.Thing" });
    }

    [Test]
    public void Redact_NoMessage_Throws()
    {
        var redact = static () => MessageRedactor.Redact(new byte[] { 0x0A, 5 }, "envoy.config.core.v3.Node");

        redact.Should().Throw<InvalidDataException>();
    }

    private static Envoy.Admin.V3.SecretsConfigDump.Types.StaticSecret Wrap(Secret secret) => new()
    {
        Secret = new Any { TypeUrl = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret", Value = secret.ToByteString() },
    };

    private static ReadOnlySpan<byte> Redact(IMessage message, string type) => MessageRedactor.Redact(message.ToByteArray(), type).Span;
}
