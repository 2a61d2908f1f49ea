using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Actors.Cli;

/// <summary>Makes options whose mistakes are told in a sentence.</summary>
internal static class OptionRules
{
    /// <summary>A number that may be left out.</summary>
    /// <param name="names">The option's name, and perhaps a short one.</param>
    /// <param name="description">What it means.</param>
    /// <param name="least">The smallest value that is allowed.</param>
    public static Option<T?> OptionalNumber<T>(string[] names, string description, T least)
        where T : struct, INumber<T> =>
        new(names[0], names[1..]) { Description = description, HelpName = "number", CustomParser = result => ParseNumber(result, names[0], least) };

    /// <summary>A number with a default.</summary>
    /// <inheritdoc cref="OptionalNumber" path="/param"/>
    /// <param name="otherwise">The value when the option is left out.</param>
    public static Option<T> Number<T>(string[] names, string description, T least, T otherwise)
        where T : struct, INumber<T> =>
        new(names[0], names[1..])
        {
            Description = description,
            HelpName = "number",
            DefaultValueFactory = _ => otherwise,
            CustomParser = result => ParseNumber(result, names[0], least),
        };

    /// <summary>One of a few words; the first is the default.</summary>
    public static Option<string> Choice(string[] names, string description, params string[] choices) =>
        new(names[0], names[1..])
        {
            Description = description,
            HelpName = string.Join('|', choices),
            DefaultValueFactory = _ => choices[0],
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (!choices.Contains(text))
                {
                    result.AddError($"'{text}' is no {names[0]}; write {string.Join(", ", choices[..^1])} or {choices[^1]}.");
                }

                return text;
            },
        };

    private static T ParseNumber<T>(ArgumentResult result, string name, T least)
        where T : struct, INumber<T>
    {
        var text = result.Tokens[^1].Value;
        if (!T.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value))
        {
            result.AddError($"{name} is '{text}', which is no number that fits here.");
        }
        else if (value < least)
        {
            result.AddError($"{name} is {text}; it must be at least {least}.");
        }

        return value;
    }
}
