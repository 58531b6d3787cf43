using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace Proxy.Host.CommandLine;

/// <summary>The command line: Envoy's flags, with Envoy's names and defaults.</summary>
internal sealed class HostCommand
{
    private readonly RootCommand _command = new("Proxy: the Envoy data plane for .NET. Without a configuration it starts a demo on port 10000.");
    private readonly Dictionary<string, Flag> _flags;

    public HostCommand()
    {
        _flags = HostFlags.All().ToDictionary(flag => flag.Option.Name.TrimStart('-'));
        _command.Options.Clear();
        _command.Directives.Clear();
        _command.Options.Add(new HelpOption("--help", "-h") { Description = "Displays usage information and exits." });
        foreach (var flag in _flags.Values)
        {
            _command.Options.Add(flag.Option);
        }
    }

    public static string VersionText => $"proxy  version: {ProxyVersion.Text}";

    /// <summary>Reads <paramref name="args"/>; null when there is nothing to run, <paramref name="exitCode"/> being what to exit with.</summary>
    public HostOptions? Read(string[] args, TextWriter output, TextWriter error, out int exitCode)
    {
        // Values like @envoy_domain_socket are no response files.
        var result = _command.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        exitCode = 0;
        if (Asks(result, "--help"))
        {
            return Help(result, output);
        }

        if (Asks(result, "--version"))
        {
            output.WriteLine(VersionText);
            return null;
        }

        if (Asks(result, "--hot-restart-version"))
        {
            output.WriteLine("disabled");
            return null;
        }

        var faults = result.Errors.Select(fault => fault.Message).Concat(Repeated(result)).ToList();
        var reader = new HostOptionsReader(name => _flags[name], result);
        var options = faults.Count == 0 ? reader.Read(faults) : null;
        foreach (var fault in faults)
        {
            error.WriteLine("error: " + fault);
        }

        if (faults.Count == 0)
        {
            return options;
        }

        error.WriteLine("For complete usage type: proxy --help");
        exitCode = 1;
        return null;
    }

    private static bool Asks(ParseResult result, string name) => result.GetResult(name) is OptionResult { Implicit: false };

    private static HostOptions? Help(ParseResult result, TextWriter output)
    {
        result.Invoke(new InvocationConfiguration { Output = output });
        return null;
    }

    private IEnumerable<string> Repeated(ParseResult result)
    {
        return _flags.Values
            .Where(flag => flag.Option is not Option<string[]> && result.GetResult(flag.Option) is { IdentifierTokenCount: > 1 })
            .Select(flag => $"{flag.Option.Name}: given more than once");
    }
}
