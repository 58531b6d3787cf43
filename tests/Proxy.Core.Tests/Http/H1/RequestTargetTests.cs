using System.Text;
using Proxy.Http.H1;

namespace Proxy.Core.Tests.Http.H1;

public sealed class RequestTargetTests
{
    [TestCase("http://b.test", "b.test", "/")]
    [TestCase("http://b.test?x", "b.test", "?x")]
    [TestCase("HTTPS://B.test:81/x?y#z", "B.test:81", "/x?y#z")]
    [TestCase("http://u:p@b.test/x", "b.test", "/x")]
    [TestCase("http://[::1]:80/", "[::1]:80", "/")]
    [TestCase("http://127.1/x", "127.1", "/x")]
    public void TrySplit_AbsoluteTarget_FindsItsParts(string target, string authority, string path)
    {
        var bytes = Encoding.Latin1.GetBytes(target);

        RequestTarget.IsValid(bytes, connect: false).Should().BeTrue();
        RequestTarget.TrySplit(bytes, connect: false, out var parts).Should().BeTrue();
        Encoding.Latin1.GetString(parts.Authority).Should().Be(authority);
        Encoding.Latin1.GetString(parts.Path).Should().Be(path);
    }

    [TestCase("http://")]
    [TestCase("http:///x")]
    [TestCase("http://b.test:/x")]
    [TestCase("http://b.test:+80/")]
    [TestCase("http://b.test:65536/")]
    [TestCase("http://b.test;x/")]
    [TestCase("http://b_c/")]
    [TestCase("http://[]/")]
    [TestCase("http://[::1/")]
    [TestCase("http://[::1]x/")]
    [TestCase("http://u@/x")]
    [TestCase("b.test:80")]
    public void TrySplit_NoSuchUrl_Fails(string target)
    {
        RequestTarget.TrySplit(Encoding.Latin1.GetBytes(target), connect: false, out _).Should().BeFalse();
    }

    [TestCase("b.test:443", true)]
    [TestCase("[::1]:443", true)]
    [TestCase("b.test:0", true)]
    [TestCase("b.test", false)]
    [TestCase("b.test:", false)]
    [TestCase(":443", false)]
    [TestCase("::1:443", false)]
    [TestCase("u@b.test:443", false)]
    [TestCase("b.test:443/x", false)]
    [TestCase("http://b.test:443", false)]
    public void TrySplit_TargetOfConnect_IsHostAndPort(string target, bool valid)
    {
        RequestTarget.TrySplit(Encoding.Latin1.GetBytes(target), connect: true, out _).Should().Be(valid);
    }

    [TestCase("/a\"<>\\^`{|}", true)]
    [TestCase("*", true)]
    [TestCase("/\u007f", false)]
    [TestCase("/é", false)]
    [TestCase("", false)]
    [TestCase("a", false)]
    [TestCase("1http://b", false)]
    [TestCase("http://a@@b/", false)]
    [TestCase("http://a<b/", false)]
    public void IsValid_BytesOfATarget_AreThoseOfItsForm(string target, bool valid)
    {
        RequestTarget.IsValid(Encoding.Latin1.GetBytes(target), connect: false).Should().Be(valid);
    }
}
