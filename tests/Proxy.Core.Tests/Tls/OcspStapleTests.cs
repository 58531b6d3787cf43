using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Tls;
using Proxy.Testing;
using Proxy.Tls;
using static Proxy.Core.Tests.Tls.HelloBytes;

namespace Proxy.Core.Tests.Tls;

/// <summary>What a client that asks for an OCSP response is given. In TLS 1.2, where the answer can be seen.</summary>
[TestFixture]
public sealed class OcspStapleTests
{
    private const byte Good = 0;

    private static readonly DateTimeOffset Now = new(2030, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TlsCertificateConfig Certificate = TestCertificates.Create("server.test", ["server.test"]);

    [TestCase(OcspStaplePolicy.Lenient)]
    [TestCase(OcspStaplePolicy.Strict)]
    [TestCase(OcspStaplePolicy.MustStaple)]
    public void Response_Current_IsStapled(OcspStaplePolicy policy)
    {
        var response = Response(Now.AddDays(1));
        using var session = Session(policy, response);
        var output = new TlsOutput();

        session.Handshake(Hello(asks: true), out _, output).Should().Be(TlsStatus.NeedsInput);

        session.StapleAnswered.Should().BeTrue();
        output.Written.IndexOf(response).Should().BePositive();
    }

    [Test]
    public void Response_ToAClientThatDoesNotAsk_IsLeftOut()
    {
        var response = Response(Now.AddDays(1));
        using var session = Session(OcspStaplePolicy.MustStaple, response);
        var output = new TlsOutput();

        session.Handshake(Hello(asks: false), out _, output).Should().Be(TlsStatus.NeedsInput);

        session.StapleAnswered.Should().BeNull();
        output.Written.IndexOf(response).Should().BeNegative();
    }

    [TestCase(OcspStaplePolicy.Lenient, true)]
    [TestCase(OcspStaplePolicy.Strict, false)]
    [TestCase(OcspStaplePolicy.MustStaple, false)]
    public void Response_Old_IsLeftOutOrEndsTheHandshake(OcspStaplePolicy policy, bool goesOn)
    {
        var response = Response(Now);
        using var session = Session(policy, response);
        var output = new TlsOutput();

        session.Handshake(Hello(asks: true), out _, output).Should().Be(goesOn ? TlsStatus.NeedsInput : TlsStatus.Failed);

        session.StapleAnswered.Should().Be(goesOn ? false : null);
        output.Written.IndexOf(response).Should().BeNegative();
    }

    [TestCase(OcspStaplePolicy.Lenient)]
    [TestCase(OcspStaplePolicy.Strict)]
    public void Response_Missing_IsLeftOut(OcspStaplePolicy policy)
    {
        using var session = Session(policy, null);

        session.Handshake(Hello(asks: true), out _, new TlsOutput()).Should().Be(TlsStatus.NeedsInput);

        session.StapleAnswered.Should().BeFalse();
    }

    [Test]
    public void Response_MissingThoughItMustBeThere_IsRefused() =>
        Fault(OcspStaplePolicy.MustStaple, null).Should().Contain("MUST_STAPLE");

    [Test]
    public void Response_AboutAnotherCertificate_IsRefused() =>
        Fault(OcspStaplePolicy.Lenient, Response(Now.AddDays(1), serial: 4711)).Should().Contain("does not match");

    [Test]
    public void Response_ThatIsAnError_IsRefused() =>
        Fault(OcspStaplePolicy.Lenient, [0x30, 3, 10, 1, 6]).Should().Contain("unsuccessful");

    [Test]
    public void Response_CutAnywhere_IsRefused()
    {
        var whole = Response(Now.AddDays(1));

        for (var length = 0; length < whole.Length; length++)
        {
            Fault(OcspStaplePolicy.Lenient, whole[..length]).Should().Contain("cannot be read");
        }
    }

    private static string Fault(OcspStaplePolicy policy, byte[]? response) =>
        FluentActions.Invoking(() => Session(policy, response)).Should().Throw<ConfigException>().Which.Faults[0].ToString();

    private static TlsSession Session(OcspStaplePolicy policy, byte[]? response)
    {
        var certificate = Certificate with { OcspStaple = response is null ? null : new TlsBytes(response.ToConfigList()) };
        var config = TlsFixture.Server(new CommonTlsConfig { Certificates = [certificate] }) with { OcspStaplePolicy = policy };
        return TlsEngine.OpenSsl.CreateServer(config, new FixedTime()).CreateSession(default);
    }

    private static byte[] Hello(bool asks)
    {
        byte[][] common = [Extension(10, 0, 4, 0, 29, 0, 23), Extension(13, 0, 2, 4, 3)];
        return Record(Message(null, asks ? [.. common, Extension(5, 1, 0, 0, 0, 0)] : common));
    }

    // As far as a server looks at it: nobody checks the signature but clients.
    private static byte[] Response(DateTimeOffset nextUpdate, BigInteger? serial = null)
    {
        var data = new AsnWriter(AsnEncodingRules.DER);
        using (data.PushSequence())
        {
            using (data.PushSequence())
            {
                using (data.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2, isConstructed: true)))
                {
                    data.WriteOctetString(new byte[20]);
                }

                data.WriteGeneralizedTime(Now.AddDays(-1));
                using (data.PushSequence())
                {
                    WriteSingle(data, nextUpdate, serial ?? Serial());
                }
            }

            WriteAlgorithm(data, "1.2.840.10045.4.3.2");
            data.WriteBitString(new byte[8]);
        }

        var response = new AsnWriter(AsnEncodingRules.DER);
        using (response.PushSequence())
        {
            response.WriteEnumeratedValue(Status.Successful);
            using (response.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true)))
            using (response.PushSequence())
            {
                response.WriteObjectIdentifier("1.3.6.1.5.5.7.48.1.1");
                response.WriteOctetString(data.Encode());
            }
        }

        return response.Encode();
    }

    private static void WriteSingle(AsnWriter data, DateTimeOffset nextUpdate, BigInteger serial)
    {
        using (data.PushSequence())
        {
            using (data.PushSequence())
            {
                WriteAlgorithm(data, "1.3.14.3.2.26");
                data.WriteOctetString(new byte[20]);
                data.WriteOctetString(new byte[20]);
                data.WriteInteger(serial);
            }

            data.WriteNull(new Asn1Tag(TagClass.ContextSpecific, Good));
            data.WriteGeneralizedTime(Now.AddDays(-1));
            using (data.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true)))
            {
                data.WriteGeneralizedTime(nextUpdate);
            }
        }
    }

    private static void WriteAlgorithm(AsnWriter data, string oid)
    {
        using (data.PushSequence())
        {
            data.WriteObjectIdentifier(oid);
        }
    }

    private static BigInteger Serial()
    {
        using var certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(Certificate.Chain.Bytes.AsSpan()));
        return new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: true, isBigEndian: true);
    }

    private enum Status
    {
        Successful,
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
