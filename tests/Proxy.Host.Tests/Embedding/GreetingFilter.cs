using Proxy.Hosting;
using Proxy.Streams;
using Proxy.Workers;

namespace Proxy.Host.Tests.Embedding;

/// <summary>A service of the application that a filter needs.</summary>
public sealed record Greeting(string Text);

/// <summary>Configuration of the filter.</summary>
public sealed record GreetingConfig;

/// <summary>Answers with the application's greeting, after an await.</summary>
public sealed class GreetingFilterFactory(Greeting greeting) : IHttpFilterFactory
{
    public Type ConfigType => typeof(GreetingConfig);

    public Func<Worker, HttpFilter> Prepare(object config, FilterFactoryContext context) => _ => new Filter(greeting);

    private sealed class Filter(Greeting greeting) : AsyncHttpFilter
    {
        protected override async ValueTask InvokeAsync(HttpStreamContext context, HttpFilterDelegate next, CancellationToken cancellationToken)
        {
            await Task.Yield();
            context.Reply(200, greeting.Text, "greeting");
        }
    }
}
