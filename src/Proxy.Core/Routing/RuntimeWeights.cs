using Proxy.Hosting;

namespace Proxy.Routing;

/// <summary>Weights of clusters that runtime values stand for (Envoy <c>runtime_key_prefix</c>). Immutable; what they come to follows the runtime.</summary>
/// <param name="runtime">The values.</param>
/// <param name="keys">Key of each weight.</param>
/// <param name="weights">What holds where there is none.</param>
internal sealed class RuntimeWeights(RuntimeSnapshot runtime, string[] keys, uint[] weights)
{
    /// <summary>Index of the weight that <paramref name="value"/> falls on; -1 when all are 0.</summary>
    public int Choose(ulong value)
    {
        var total = 0UL;
        for (var i = 0; i < keys.Length; i++)
        {
            total += WeightOf(i);
        }

        if (total == 0)
        {
            return -1;
        }

        value %= total;
        for (var i = 0; i < keys.Length; i++)
        {
            var weight = WeightOf(i);
            if (value < weight)
            {
                return i;
            }

            value -= weight;
        }

        return -1; // the runtime changed meanwhile
    }

    private ulong WeightOf(int i) => (ulong)Math.Clamp(runtime.GetInteger(keys[i], weights[i]), 0, uint.MaxValue);
}
