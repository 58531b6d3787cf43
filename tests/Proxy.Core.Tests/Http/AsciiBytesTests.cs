using System.Text;
using Proxy.Http;

namespace Proxy.Core.Tests.Http;

public sealed class AsciiBytesTests
{
    [Test]
    public void ToLower_EveryByteAtEveryLength_ChangesOnlyUpperCase()
    {
        for (var length = 0; length < 70; length++)
        {
            var source = new byte[length];
            for (var start = 0; start < 256; start += 37)
            {
                for (var i = 0; i < length; i++)
                {
                    source[i] = (byte)(start + i);
                }

                var expected = source.Select(static b => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b + 32) : b).ToArray();
                var other = new byte[length];
                AsciiBytes.ToLower(source, other);
                other.Should().Equal(expected);

                var same = (byte[])source.Clone();
                AsciiBytes.ToLower(same, same);
                same.Should().Equal(expected, "source and destination may be the same");
            }
        }
    }

    [TestCase("Abc", "aBC", true)]
    [TestCase("[", "{", false)]
    [TestCase("@", "`", false)]
    [TestCase("é", "É", false)]
    [TestCase("ab", "abc", false)]
    public void EqualsIgnoreCase_OnlyLettersAToZ_LoseTheirCase(string left, string right, bool equal)
    {
        AsciiBytes.EqualsIgnoreCase(Encoding.Latin1.GetBytes(left), Encoding.Latin1.GetBytes(right)).Should().Be(equal);
    }
}
