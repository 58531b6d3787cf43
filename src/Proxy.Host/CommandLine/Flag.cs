using System.CommandLine;
using System.Globalization;

namespace Proxy.Host.CommandLine;

/// <summary>One flag: how it is parsed, and how its value is shown.</summary>
internal sealed class Flag
{
    private Flag(Option option, Func<ParseResult, string> show)
    {
        Option = option;
        Show = show;
    }

    public Option Option { get; }

    /// <summary>The value as <c>/server_info</c> shows it.</summary>
    public Func<ParseResult, string> Show { get; }

    /// <summary>Name without its dashes, with underscores: a field of Envoy's <c>CommandLineOptions</c>.</summary>
    public string FieldName => Option.Name.TrimStart('-').Replace('-', '_');

    public static Flag Switch(string name, string help)
    {
        var option = new Option<bool>("--" + name) { Description = help, Arity = ArgumentArity.Zero };
        return new Flag(option, result => result.GetValue(option) ? "true" : "false");
    }

    public static Flag Text(string name, string help, string argument = "string", string fallback = "", params string[] aliases)
    {
        var option = new Option<string>("--" + name, aliases)
        {
            Description = help,
            HelpName = argument,
            Arity = ArgumentArity.ExactlyOne,
            DefaultValueFactory = _ => fallback,
        };
        return new Flag(option, result => result.GetValue(option) ?? "");
    }

    /// <summary>A flag that may be given several times.</summary>
    public static Flag Texts(string name, string help)
    {
        var option = new Option<string[]>("--" + name)
        {
            Description = help,
            HelpName = "string",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
            DefaultValueFactory = _ => [],
        };
        return new Flag(option, result => string.Join(',', result.GetValue(option) ?? []));
    }

    public static Flag Number(string name, string help, uint fallback)
    {
        var option = new Option<uint>("--" + name)
        {
            Description = help,
            HelpName = "uint32",
            Arity = ArgumentArity.ExactlyOne,
            DefaultValueFactory = _ => fallback,
        };

        // As in Envoy, a negative number wraps around: --drain-time-s -1 is practically for ever.
        option.CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value is >= int.MinValue and <= uint.MaxValue)
            {
                return unchecked((uint)value);
            }

            argument.AddError($"--{name}: '{text}' is not a whole number of 32 bits");
            return fallback;
        };
        return new Flag(option, result => result.GetValue(option).ToString(CultureInfo.InvariantCulture));
    }
}
