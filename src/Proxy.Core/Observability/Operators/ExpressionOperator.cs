using Proxy.Configuration;
using Proxy.Configuration.Matching;
using Proxy.Expressions;

namespace Proxy.Observability.Operators;

/// <summary><c>%CEL(expression)%</c> and <c>%TYPED_CEL(expression)%</c>, which differ in JSON only: there the second one keeps numbers and truth values.</summary>
internal sealed class ExpressionOperator : FormatOperator
{
    private readonly CelProgram _program;
    private readonly bool _isTyped;

    private ExpressionOperator(CelProgram program, bool isTyped)
    {
        _program = program;
        _isTyped = isTyped;
    }

    /// <summary>Compiles the operator; null when <paramref name="text"/> is no expression that can be evaluated.</summary>
    public static ExpressionOperator? TryCreate(string text, bool isTyped)
    {
        var faults = new FaultList();
        var program = CelProgram.Compile(new CelConfig(new ExpressionTextConfig(text)), "", faults);
        return faults.Count > 0 ? null : new ExpressionOperator(program, isTyped);
    }

    public override bool TryWrite(in AccessLogEntry entry, FormatWriter writer) => _program.TryWrite(entry, writer);

    public override bool TryWriteJson(in AccessLogEntry entry, FormatWriter writer) =>
        _isTyped ? _program.TryWriteJson(entry, writer) : base.TryWriteJson(entry, writer);
}
