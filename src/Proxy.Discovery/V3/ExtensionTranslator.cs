using Google.Protobuf;

namespace Proxy.Discovery.V3;

/// <summary>Turns the message of one extension into the record that its factory takes.</summary>
internal abstract class ExtensionTranslator
{
    /// <summary>Full name of the message, the last part of its type URL.</summary>
    public abstract string TypeName { get; }

    /// <summary>Lines of the <see cref="SupportTable"/> for this message and those only it uses.</summary>
    public abstract string Supported { get; }

    /// <summary>Whether a chain of filters may end with it, and must.</summary>
    public virtual bool IsTerminal => false;

    /// <summary>Whether it is what a filter takes from routes, not from its chain.</summary>
    public virtual bool IsPerRoute => false;

    /// <summary>The record, or null when there is none; then the fault is in the list.</summary>
    public abstract object? Translate(ByteString message, Place place, TranslationContext context);

    /// <summary>The record of what a route says, or null when there is none; then the fault is in the list.</summary>
    public virtual object? TranslateForRoute(ByteString message, Place place, TranslationContext context)
    {
        if (IsPerRoute)
        {
            return Translate(message, place, context);
        }

        context.Fault(place, $"{TypeName} is nothing that a route can set");
        return null;
    }
}
