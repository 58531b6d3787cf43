using Cel.Expr;
using Envoy.Config.Core.V3;
using Google.Protobuf;
using Proxy.Configuration;
using Proxy.Configuration.Matching;
using KeyValuePair = System.Collections.Generic.KeyValuePair;

namespace Proxy.Discovery.V3.Common;

/// <summary>Translates expressions that were parsed elsewhere. Google's older messages of them are the same on the wire.</summary>
internal static class ExpressionTranslator
{
    public const string Supported =
        """
        envoy.config.core.v3.CelExpressionConfig: *
        """;

    private const string Messages =
        """
        {0}.Expr: id const_expr ident_expr select_expr call_expr list_expr struct_expr
        {0}.Expr.Ident: *
        {0}.Expr.Select: *
        {0}.Expr.Call: *
        {0}.Expr.CreateList: elements
        {0}.Expr.CreateStruct: entries
        {0}.Expr.CreateStruct.Entry: id map_key value
        {0}.Constant: null_value bool_value int64_value uint64_value double_value string_value bytes_value
        {0}.ParsedExpr: *
        {0}.CheckedExpr: *
        {0}.SourceInfo: *
        {0}.SourceInfo.Extension: *
        {0}.SourceInfo.Extension.Version: *
        {0}.Reference: *
        {0}.Type: *
        {0}.Type.ListType: *
        {0}.Type.MapType: *
        {0}.Type.FunctionType: *
        {0}.Type.AbstractType: *
        """;

    /// <summary>The fields of both families of messages that are translated.</summary>
    public static string SupportedMessages { get; } =
        Supported + "\n" + Messages.Replace("{0}", "cel.expr", StringComparison.Ordinal) + "\n" + Messages.Replace("{0}", "google.api.expr.v1alpha1", StringComparison.Ordinal);

    /// <summary>An expression with the settings of its evaluation.</summary>
    public static CelConfig WithSettings(ExpressionConfig expression, CelExpressionConfig? settings) => new(expression)
    {
        StringConversion = settings?.EnableStringConversion ?? false,
        StringConcatenation = settings?.EnableStringConcat ?? false,
        StringFunctions = settings?.EnableStringFunctions ?? false,
    };

    /// <summary>An expression in Google's older messages.</summary>
    public static ExpressionConfig Translate(Google.Api.Expr.V1alpha1.Expr? expression, Place place, TranslationContext context) =>
        Translate(expression is null ? null : Expr.Parser.Read(expression.ToByteString()), place, context);

    /// <summary>An expression.</summary>
    public static ExpressionConfig Translate(Expr? expression, Place place, TranslationContext context) => expression?.ExprKindCase switch
    {
        Expr.ExprKindOneofCase.ConstExpr => new ExpressionConstantConfig(ValueOf(expression.ConstExpr)),
        Expr.ExprKindOneofCase.IdentExpr => new ExpressionNameConfig(expression.IdentExpr.Name),
        Expr.ExprKindOneofCase.SelectExpr => new ExpressionSelectConfig(
            Translate(expression.SelectExpr.Operand, place.Field("select_expr").Field("operand"), context), expression.SelectExpr.Field, expression.SelectExpr.TestOnly),
        Expr.ExprKindOneofCase.CallExpr => Call(expression.CallExpr, place.Field("call_expr"), context),
        Expr.ExprKindOneofCase.ListExpr => new ExpressionListConfig(expression.ListExpr.Elements.TranslateEach(place.Field("list_expr"), "elements", context, Translate)),
        Expr.ExprKindOneofCase.StructExpr => new ExpressionMapConfig(expression.StructExpr.Entries.Select((entry, i) =>
        {
            var at = place.Field("struct_expr").Field("entries").Item(i);
            return KeyValuePair.Create(Translate(entry.MapKey, at.Field("map_key"), context), Translate(entry.Value, at.Field("value"), context));
        }).ToConfigList()),
        _ => Missing(place, context),
    };

    private static ExpressionCallConfig Call(Expr.Types.Call call, Place place, TranslationContext context) => new(
        call.Function,
        call.Target is { } target ? Translate(target, place.Field("target"), context) : null,
        call.Args.TranslateEach(place, "args", context, Translate));

    private static object? ValueOf(Constant constant) => constant.ConstantKindCase switch
    {
        Constant.ConstantKindOneofCase.BoolValue => constant.BoolValue,
        Constant.ConstantKindOneofCase.Int64Value => constant.Int64Value,
        Constant.ConstantKindOneofCase.Uint64Value => constant.Uint64Value,
        Constant.ConstantKindOneofCase.DoubleValue => constant.DoubleValue,
        Constant.ConstantKindOneofCase.StringValue => constant.StringValue,
        Constant.ConstantKindOneofCase.BytesValue => constant.BytesValue.ToConfigList(),
        _ => null,
    };

    private static ExpressionConstantConfig Missing(Place place, TranslationContext context)
    {
        context.Fault(place, "required");
        return new ExpressionConstantConfig(null);
    }
}
