using Envoy.Extensions.Matching.InputMatchers.ConsistentHashing.V3;
using Envoy.Extensions.Matching.InputMatchers.Ip.V3;
using Envoy.Extensions.Matching.InputMatchers.Metadata.V3;
using Google.Protobuf;
using Proxy.Configuration.Http;
using Proxy.Configuration.Matching;
using Proxy.Discovery.V3.Common;
using Xds.Type.Matcher.V3;

namespace Proxy.Discovery.V3.Matching;

/// <summary>The comparison with IP ranges.</summary>
internal sealed class AddressInputMatcherTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.matching.input_matchers.ip.v3.Ip";

    public override string Supported => "envoy.extensions.matching.input_matchers.ip.v3.Ip: *";

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = Ip.Parser.Read(message);
        return new AddressInputMatcherConfig(CidrTranslator.Translate(config.CidrRanges, place.Field("cidr_ranges"), context), config.StatPrefix);
    }
}

/// <summary>The comparison that takes a share of the values.</summary>
internal sealed class FractionInputMatcherTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.matching.input_matchers.runtime_fraction.v3.RuntimeFraction";

    public override string Supported => "envoy.extensions.matching.input_matchers.runtime_fraction.v3.RuntimeFraction: *";

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = Envoy.Extensions.Matching.InputMatchers.RuntimeFraction.V3.RuntimeFraction.Parser.Read(message);
        return new FractionInputMatcherConfig(MatcherTranslator.Translate(config.RuntimeFraction_) ?? new FractionConfig(0), config.Seed);
    }
}

/// <summary>The comparison of hashes.</summary>
internal sealed class HashInputMatcherTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.matching.input_matchers.consistent_hashing.v3.ConsistentHashing";

    public override string Supported => "envoy.extensions.matching.input_matchers.consistent_hashing.v3.ConsistentHashing: *";

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = ConsistentHashing.Parser.Read(message);
        return new HashInputMatcherConfig(config.Threshold, config.Modulo, config.Seed);
    }
}

/// <summary>The comparison of metadata.</summary>
internal sealed class MetadataInputMatcherTranslator : ExtensionTranslator
{
    public override string TypeName => "envoy.extensions.matching.input_matchers.metadata.v3.Metadata";

    public override string Supported => "envoy.extensions.matching.input_matchers.metadata.v3.Metadata: *";

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var config = Metadata.Parser.Read(message);
        return new MetadataInputMatcherConfig(ValueMatcherTranslator.Translate(config.Value, place.Field("value"), context), config.Invert);
    }
}

/// <summary>The comparison by an expression, which has to be parsed: Envoy takes no text here.</summary>
internal sealed class ExpressionInputMatcherTranslator : ExtensionTranslator
{
    public override string TypeName => "xds.type.matcher.v3.CelMatcher";

    // Without a parsed expression there is none, whatever the text says: it is refused below as in Envoy.
    public override string Supported =>
        """
        xds.type.matcher.v3.CelMatcher: *
        xds.type.v3.CelExpression: *
        """;

    public override object Translate(ByteString message, Place place, TranslationContext context)
    {
        var expression = CelMatcher.Parser.Read(message).ExprMatch ?? new();
        var at = place.Field("expr_match");
        return new CelInputMatcherConfig(new CelConfig(expression switch
        {
            { CelExprChecked.Expr: { } root } => ExpressionTranslator.Translate(root, at.Field("cel_expr_checked").Field("expr"), context),
            { CelExprParsed.Expr: { } root } => ExpressionTranslator.Translate(root, at.Field("cel_expr_parsed").Field("expr"), context),
            { CheckedExpr.Expr: { } root } => ExpressionTranslator.Translate(root, at.Field("checked_expr").Field("expr"), context),
            { ParsedExpr.Expr: { } root } => ExpressionTranslator.Translate(root, at.Field("parsed_expr").Field("expr"), context),
            _ => Missing(at, context),
        }));
    }

    private static ExpressionConstantConfig Missing(Place place, TranslationContext context)
    {
        context.Fault(place, "needs a parsed expression (cel_expr_parsed, cel_expr_checked or one of their older kin)");
        return new ExpressionConstantConfig(null);
    }
}
