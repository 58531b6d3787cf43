using System.Text;
using Proxy.Configuration;
using Proxy.Configuration.Matching;
using Proxy.Expressions;
using Proxy.Hosting;
using Proxy.Http;
using Proxy.Routing;
using Proxy.Routing.Matching;
using Proxy.Stats;

namespace Proxy.Matching;

/// <summary>Compiles matchers for one use, adding faults.</summary>
/// <typeparam name="TAction">What the use decides on.</typeparam>
internal sealed class MatcherCompiler<TAction>
    where TAction : class
{
    // Follows go down the stack.
    private const int MaxDepth = 64;

    private readonly MatchInputKind[] _inputs;
    private readonly Func<object, string, TAction?> _action;
    private readonly FaultList _faults;

    /// <summary>Takes what differs between uses.</summary>
    /// <param name="inputs">What may be looked at.</param>
    /// <param name="action">Compiles the record of an action, at a path; null, and a fault added, when it is none of the use.</param>
    /// <param name="faults">Where faults go.</param>
    public MatcherCompiler(MatchInputKind[] inputs, Func<object, string, TAction?> action, FaultList faults)
    {
        _inputs = inputs;
        _action = action;
        _faults = faults;
    }

    /// <summary>Runtime values, for fractions.</summary>
    public RuntimeSnapshot Runtime { get; init; } = RuntimeSnapshot.Empty;

    /// <summary>Where inputs that cannot be read are counted; null for nowhere.</summary>
    public StatScope? Stats { get; init; }

    /// <summary>Compiles <paramref name="config"/>.</summary>
    public Matcher<TAction> Compile(MatcherConfig config, string path) => Compile(config, path, MaxDepth);

    private Matcher<TAction> Compile(MatcherConfig config, string path, int depth)
    {
        if (depth == 0)
        {
            _faults.Add(path, $"is nested more than {MaxDepth} deep");
            return new ListMatcher<TAction>([], null);
        }

        var onNoMatch = config.OnNoMatch is { } fallback ? OnMatch(fallback, $"{path}.on_no_match", depth) : null;
        if (config.Table is { } table)
        {
            return Table(table, onNoMatch, $"{path}.matcher_tree", depth);
        }

        var fields = config.List.Select((field, i) =>
        {
            var at = $"{path}.matcher_list.matchers[{i}]";
            return (Predicate(field.Predicate, $"{at}.predicate", depth), OnMatch(field.OnMatch, $"{at}.on_match", depth));
        });
        return new ListMatcher<TAction>([.. fields], onNoMatch);
    }

    private OnMatch<TAction> OnMatch(OnMatchConfig config, string path, int depth)
    {
        if ((config.Action is null) == (config.Matcher is null))
        {
            _faults.Add(path, "needs exactly one of action and matcher");
        }

        return config.Matcher is { } next
            ? new OnMatch<TAction>(null, Compile(next, $"{path}.matcher", depth - 1))
            : new OnMatch<TAction>(config.Action is { } action ? _action(action, $"{path}.action") : null, null);
    }

    private Predicate Predicate(PredicateConfig config, string path, int depth)
    {
        if (depth == 0)
        {
            _faults.Add(path, $"is nested more than {MaxDepth} deep");
            return new AllPredicate([]);
        }

        return config switch
        {
            AllPredicateConfig all => new AllPredicate(Predicates(all.Predicates, $"{path}.and_matcher", depth)),
            AnyPredicateConfig any => new AnyPredicate(Predicates(any.Predicates, $"{path}.or_matcher", depth)),
            NotPredicateConfig not => new NotPredicate(Predicate(not.Predicate, $"{path}.not_matcher", depth - 1)),
            InputPredicateConfig { Value: MetadataInputMatcherConfig metadata } input => OfMetadata(input.Input, metadata, path),
            InputPredicateConfig { Value: CelInputMatcherConfig expression } input => OfExpression(input.Input, expression, path),
            InputPredicateConfig input => OfInput(input, path),
            _ => throw new ConfigException(path, $"unknown predicate {config.GetType().Name}"),
        };
    }

    private Predicate[] Predicates(ConfigList<PredicateConfig> configs, string path, int depth)
    {
        if (configs.Count < 2)
        {
            _faults.Add($"{path}.predicate", "must have two items at least");
        }

        return [.. configs.Select((config, i) => Predicate(config, $"{path}.predicate[{i}]", depth - 1))];
    }

    private MetadataPredicate OfMetadata(MatchInputConfig input, MetadataInputMatcherConfig config, string path)
    {
        Check(input, path);
        if (input.Kind != MatchInputKind.DynamicMetadata)
        {
            _faults.Add($"{path}.single_predicate.input", "must be dynamic metadata, which is what the comparison takes");
        }

        var matcher = new MetadataMatcherConfig(input.Name ?? "", input.Path, config.Value) { Invert = config.Invert };
        return new MetadataPredicate(MetadataMatcher.Compile(matcher, $"{path}.single_predicate", _faults));
    }

    private ExpressionPredicate OfExpression(MatchInputConfig input, CelInputMatcherConfig config, string path)
    {
        Check(input, path);
        if (input.Kind != MatchInputKind.Attributes)
        {
            _faults.Add($"{path}.single_predicate.input", "must be the attributes, which is what the expression takes");
        }

        return new ExpressionPredicate(CelProgram.Compile(config.Expression, $"{path}.single_predicate.custom_match", _faults));
    }

    private Predicate OfInput(InputPredicateConfig config, string path)
    {
        var input = Input(config.Input, $"{path}.single_predicate");
        switch (config.Value)
        {
            case TextInputMatcherConfig text:
                return TextMatcher.Compile(text.Text, $"{path}.single_predicate.value_match", _faults) is { } matcher
                    ? new TextPredicate(input, matcher)
                    : new AllPredicate([]);
            case AddressInputMatcherConfig address:
                return new AddressPredicate(input, [.. address.Ranges], Stats?.CreateGroup(AddressPredicate.Schema, $"{address.StatPrefix}."));
            case FractionInputMatcherConfig fraction:
                return new FractionPredicate(input, RuntimeFraction.Compile(fraction.Fraction, Runtime), fraction.Seed);
            case HashInputMatcherConfig hash:
                if (hash.Modulo == 0)
                {
                    _faults.Add($"{path}.single_predicate.custom_match.modulo", "must be 1 or more");
                }

                return new HashPredicate(input, hash.Threshold, Math.Max(hash.Modulo, 1), hash.Seed);
            default:
                throw new ConfigException(path, $"unknown comparison {config.Value.GetType().Name}");
        }
    }

    private MatchInput Input(MatchInputConfig config, string path)
    {
        Check(config, path);
        if (config.Kind == MatchInputKind.DynamicMetadata)
        {
            _faults.Add($"{path}.input", "is dynamic metadata, which only the metadata comparison takes");
        }
        else if (config.Kind == MatchInputKind.Attributes)
        {
            _faults.Add($"{path}.input", "is all attributes, which only an expression takes");
        }

        return MatchInputs.Create(config);
    }

    private void Check(MatchInputConfig config, string path)
    {
        if (Array.IndexOf(_inputs, config.Kind) < 0)
        {
            _faults.Add($"{path}.input", $"{config.Kind} cannot be looked at here");
        }
    }

    private Matcher<TAction> Table(MatcherTableConfig config, OnMatch<TAction>? onNoMatch, string path, int depth)
    {
        var input = Input(config.Input, path);
        return config switch
        {
            ExactTableConfig exact => new ExactTable<TAction>(input, Map(exact.Entries, $"{path}.exact_match_map", depth), onNoMatch),
            PrefixTableConfig prefix => new PrefixTable<TAction>(input, Map(prefix.Entries, $"{path}.prefix_match_map", depth), onNoMatch),
            AddressTableConfig address => new AddressTable<TAction>(input, Addresses(address, $"{path}.custom_match", depth), onNoMatch),
            DomainTableConfig domain => Domains(domain, input, onNoMatch, $"{path}.custom_match", depth),
            _ => throw new ConfigException(path, $"unknown table {config.GetType().Name}"),
        };
    }

    private Dictionary<byte[], OnMatch<TAction>> Map(ConfigList<KeyValuePair<string, OnMatchConfig>> entries, string path, int depth)
    {
        if (entries.Count == 0)
        {
            _faults.Add($"{path}.map", "must have one entry at least");
        }

        var map = new Dictionary<byte[], OnMatch<TAction>>(ByteComparer.Instance);
        foreach (var (key, onMatch) in entries)
        {
            if (!map.TryAdd(Encoding.UTF8.GetBytes(key), OnMatch(onMatch, $"{path}.map[{key}]", depth)))
            {
                _faults.Add($"{path}.map[{key}]", "stands here twice");
            }
        }

        return map;
    }

    private AddressTableEntry<TAction>[] Addresses(AddressTableConfig config, string path, int depth)
    {
        var entries = new List<AddressTableEntry<TAction>>();
        for (var i = 0; i < config.Entries.Count; i++)
        {
            var entry = config.Entries[i];
            var onMatch = OnMatch(entry.OnMatch, $"{path}.range_matchers[{i}].on_match", depth);
            entries.AddRange(entry.Ranges.Select(range => new AddressTableEntry<TAction>(range, onMatch, entry.Exclusive)));
        }

        return [.. entries.OrderByDescending(static entry => entry.Range.PrefixLength)]; // a stable order: of equal ones the first
    }

    private DomainTable<TAction> Domains(DomainTableConfig config, MatchInput input, OnMatch<TAction>? onNoMatch, string path, int depth)
    {
        var names = new Dictionary<byte[], OnMatch<TAction>>(ByteComparer.Instance);
        OnMatch<TAction>? any = null;
        for (var i = 0; i < config.Entries.Count; i++)
        {
            var at = $"{path}.domain_matchers[{i}]";
            var onMatch = OnMatch(config.Entries[i].OnMatch, $"{at}.on_match", depth);
            foreach (var domain in config.Entries[i].Domains)
            {
                var isWildcard = domain.StartsWith("*.", StringComparison.Ordinal);
                var isTaken = domain == "*" ? any is not null : !names.TryAdd(Key(isWildcard ? domain[1..] : domain), onMatch);
                any = domain == "*" ? any ?? onMatch : any;
                if (isTaken)
                {
                    _faults.Add($"{at}.domains", $"{domain} stands here twice");
                }

                if (domain != "*" && (isWildcard ? domain[1..] : domain) is var name && (name.Contains('*', StringComparison.Ordinal) || name is "" or "."))
                {
                    _faults.Add($"{at}.domains", $"{domain} is neither a name, nor *.name, nor *");
                }
            }
        }

        return new DomainTable<TAction>(input, names, any, onNoMatch);
    }

    private static byte[] Key(string name)
    {
        var key = Encoding.UTF8.GetBytes(name);
        AsciiBytes.ToLower(key, key);
        return key;
    }
}
