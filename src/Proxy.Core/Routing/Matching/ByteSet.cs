using System.Globalization;
using System.Text;

namespace Proxy.Routing.Matching;

/// <summary>A set of byte values: what a character class of a byte regular expression stands for.</summary>
internal sealed class ByteSet
{
    private readonly bool[] _has = new bool[256];

    public bool this[int index]
    {
        get => _has[index];
        set => _has[index] = value;
    }

    public ByteSet Add(int from, int to)
    {
        for (var i = from; i <= to; i++)
        {
            _has[i] = true;
        }

        return this;
    }

    public void Add(ByteSet other)
    {
        for (var i = 0; i < 256; i++)
        {
            _has[i] |= other._has[i];
        }
    }

    public ByteSet Invert()
    {
        var result = new ByteSet();
        for (var i = 0; i < 256; i++)
        {
            result._has[i] = !_has[i];
        }

        return result;
    }

    /// <summary>Adds the other case of every ASCII letter.</summary>
    public void FoldCase()
    {
        for (var lower = (int)'a'; lower <= 'z'; lower++)
        {
            _has[lower] = _has[lower - 32] = _has[lower] || _has[lower - 32];
        }
    }

    /// <summary>A class of .NET with the same members (<see cref="ByteRegex.ToChar"/> maps them).</summary>
    public void AppendTo(StringBuilder output)
    {
        output.Append('[');
        var empty = true;
        for (var i = 0; i < 256; i++)
        {
            if (!_has[i])
            {
                continue;
            }

            var first = i;
            while (i < 255 && _has[i + 1] && i != 0x7F)
            {
                i++;
            }

            AppendChar(output, first);
            if (i > first)
            {
                output.Append('-');
                AppendChar(output, i);
            }

            empty = false;
        }

        output.Append(empty ? @"\uFFFF]" : "]"); // a character that no subject has
    }

    /// <summary>The set of a Perl class letter (<c>d s w D S W</c>); null for others.</summary>
    public static ByteSet? Perl(char letter)
    {
        return char.ToLowerInvariant(letter) switch
        {
            'd' => InvertIfUpper(letter, new ByteSet().Add('0', '9')),
            's' => InvertIfUpper(letter, new ByteSet().Add('\t', '\n').Add('\f', '\r').Add(' ', ' ')),
            'w' => InvertIfUpper(letter, Posix("word")!),
            _ => null,
        };
    }

    /// <summary>The set of a POSIX class name; null when there is none.</summary>
    public static ByteSet? Posix(string name)
    {
        return name switch
        {
            "alnum" => new ByteSet().Add('0', '9').Add('A', 'Z').Add('a', 'z'),
            "alpha" => new ByteSet().Add('A', 'Z').Add('a', 'z'),
            "ascii" => new ByteSet().Add(0, 0x7F),
            "blank" => new ByteSet().Add('\t', '\t').Add(' ', ' '),
            "cntrl" => new ByteSet().Add(0, 0x1F).Add(0x7F, 0x7F),
            "digit" => new ByteSet().Add('0', '9'),
            "graph" => new ByteSet().Add('!', '~'),
            "lower" => new ByteSet().Add('a', 'z'),
            "print" => new ByteSet().Add(' ', '~'),
            "punct" => new ByteSet().Add('!', '/').Add(':', '@').Add('[', '`').Add('{', '~'),
            "space" => new ByteSet().Add('\t', '\r').Add(' ', ' '),
            "upper" => new ByteSet().Add('A', 'Z'),
            "word" => new ByteSet().Add('0', '9').Add('A', 'Z').Add('a', 'z').Add('_', '_'),
            "xdigit" => new ByteSet().Add('0', '9').Add('A', 'F').Add('a', 'f'),
            _ => null,
        };
    }

    /// <summary>The set of a Unicode script among the first 256 code points; null when there is no script of that name.</summary>
    public static ByteSet? Script(string name)
    {
        var latin = new ByteSet().Add('A', 'Z').Add('a', 'z').Add(0xAA, 0xAA).Add(0xBA, 0xBA).Add(0xC0, 0xD6).Add(0xD8, 0xF6).Add(0xF8, 0xFF);
        return name switch
        {
            "Latin" => latin,
            "Common" => latin.Invert(),
            _ => OtherScripts.Contains(name) ? new ByteSet() : null,
        };
    }

    /// <summary>The set of a Unicode general category (<c>L</c>, <c>Lu</c>, <c>Any</c> …) among the first 256 code points; null when it is none.</summary>
    public static ByteSet? Category(string name)
    {
        if (name == "Any")
        {
            return new ByteSet().Add(0, 255);
        }

        if (!Categories.Contains(name))
        {
            return null;
        }

        var set = new ByteSet();
        for (var i = 0; i < 256; i++)
        {
            set[i] = CategoryOf((char)i).StartsWith(name, StringComparison.Ordinal);
        }

        return set;
    }

    private static readonly HashSet<string> Categories =
    [
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co",
    ];

    private static readonly HashSet<string> OtherScripts =
    [
        "Adlam", "Ahom", "Anatolian_Hieroglyphs", "Arabic", "Armenian", "Avestan", "Balinese", "Bamum", "Bassa_Vah", "Batak", "Bengali",
        "Bhaiksuki", "Bopomofo", "Brahmi", "Braille", "Buginese", "Buhid", "Canadian_Aboriginal", "Carian", "Caucasian_Albanian", "Chakma",
        "Cham", "Cherokee", "Chorasmian", "Coptic", "Cuneiform", "Cypriot", "Cypro_Minoan", "Cyrillic", "Deseret", "Devanagari",
        "Dives_Akuru", "Dogra", "Duployan", "Egyptian_Hieroglyphs", "Elbasan", "Elymaic", "Ethiopic", "Georgian", "Glagolitic", "Gothic",
        "Grantha", "Greek", "Gujarati", "Gunjala_Gondi", "Gurmukhi", "Han", "Hangul", "Hanifi_Rohingya", "Hanunoo", "Hatran", "Hebrew",
        "Hiragana", "Imperial_Aramaic", "Inherited", "Inscriptional_Pahlavi", "Inscriptional_Parthian", "Javanese", "Kaithi", "Kannada",
        "Katakana", "Kawi", "Kayah_Li", "Kharoshthi", "Khitan_Small_Script", "Khmer", "Khojki", "Khudawadi", "Lao", "Lepcha", "Limbu",
        "Linear_A", "Linear_B", "Lisu", "Lycian", "Lydian", "Mahajani", "Makasar", "Malayalam", "Mandaic", "Manichaean", "Marchen",
        "Masaram_Gondi", "Medefaidrin", "Meetei_Mayek", "Mende_Kikakui", "Meroitic_Cursive", "Meroitic_Hieroglyphs", "Miao", "Modi",
        "Mongolian", "Mro", "Multani", "Myanmar", "Nabataean", "Nag_Mundari", "Nandinagari", "New_Tai_Lue", "Newa", "Nko", "Nushu",
        "Nyiakeng_Puachue_Hmong", "Ogham", "Ol_Chiki", "Old_Hungarian", "Old_Italic", "Old_North_Arabian", "Old_Permic", "Old_Persian",
        "Old_Sogdian", "Old_South_Arabian", "Old_Turkic", "Old_Uyghur", "Oriya", "Osage", "Osmanya", "Pahawh_Hmong", "Palmyrene",
        "Pau_Cin_Hau", "Phags_Pa", "Phoenician", "Psalter_Pahlavi", "Rejang", "Runic", "Samaritan", "Saurashtra", "Sharada", "Shavian",
        "Siddham", "SignWriting", "Sinhala", "Sogdian", "Sora_Sompeng", "Soyombo", "Sundanese", "Syloti_Nagri", "Syriac", "Tagalog",
        "Tagbanwa", "Tai_Le", "Tai_Tham", "Tai_Viet", "Takri", "Tamil", "Tangsa", "Tangut", "Telugu", "Thaana", "Thai", "Tibetan",
        "Tifinagh", "Tirhuta", "Toto", "Ugaritic", "Vai", "Vithkuqi", "Wancho", "Warang_Citi", "Yezidi", "Yi", "Zanabazar_Square",
    ];

    private static string CategoryOf(char value)
    {
        return CharUnicodeInfo.GetUnicodeCategory(value) switch
        {
            UnicodeCategory.UppercaseLetter => "Lu",
            UnicodeCategory.LowercaseLetter => "Ll",
            UnicodeCategory.OtherLetter => "Lo",
            UnicodeCategory.DecimalDigitNumber => "Nd",
            UnicodeCategory.OtherNumber => "No",
            UnicodeCategory.ConnectorPunctuation => "Pc",
            UnicodeCategory.DashPunctuation => "Pd",
            UnicodeCategory.OpenPunctuation => "Ps",
            UnicodeCategory.ClosePunctuation => "Pe",
            UnicodeCategory.InitialQuotePunctuation => "Pi",
            UnicodeCategory.FinalQuotePunctuation => "Pf",
            UnicodeCategory.OtherPunctuation => "Po",
            UnicodeCategory.MathSymbol => "Sm",
            UnicodeCategory.CurrencySymbol => "Sc",
            UnicodeCategory.ModifierSymbol => "Sk",
            UnicodeCategory.OtherSymbol => "So",
            UnicodeCategory.SpaceSeparator => "Zs",
            UnicodeCategory.Control => "Cc",
            UnicodeCategory.Format => "Cf",
            _ => "",
        };
    }

    private static ByteSet InvertIfUpper(char letter, ByteSet set) => char.IsAsciiLetterUpper(letter) ? set.Invert() : set;

    private static void AppendChar(StringBuilder output, int value)
    {
        output.Append(@"\u").Append(((int)ByteRegex.ToChar((byte)value)).ToString("X4", CultureInfo.InvariantCulture));
    }
}
